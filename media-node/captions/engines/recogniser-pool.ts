type Waiting<T> = { readonly resolve: (recogniser: T) => void; readonly reject: (cause: unknown) => void }

export type RecogniserPoolOptions<T> = {
  readonly load: () => Promise<T>
  readonly free: (recogniser: T) => void
  readonly capacity: number
}

/** Loaded at the start, so that the first two who speak do not even share the processor with a load. */
const WARM = 2

/**
 * Recognisers that are dear to load: never more than `capacity`, used again and again, and one loaded ahead so that who
 * begins to speak is recognised at once.
 */
export class RecogniserPool<T> {
  readonly #options: RecogniserPoolOptions<T>
  readonly #spare: T[] = []
  readonly #waiting: Waiting<T>[] = []
  #loading = 0
  #taken = 0
  #closed = false

  constructor(options: RecogniserPoolOptions<T>) {
    this.#options = options
  }

  /** Those given out or waited for. */
  get taken(): number {
    return this.#taken
  }

  /** Resolves with the first recogniser loaded and the next on its way; rejects when none can be had. */
  async warm(): Promise<void> {
    this.#offer(await this.#options.load())
    this.#loadAhead(WARM)
  }

  /** Undefined when as many are taken as there may be; rejects when one cannot be loaded. */
  take(): Promise<T> | undefined {
    if (this.#taken >= this.#options.capacity) return undefined
    this.#taken += 1
    const spare = this.#spare.pop()
    const taking =
      spare === undefined
        ? new Promise<T>((resolve, reject) => this.#waiting.push({ resolve, reject }))
        : Promise.resolve(spare)
    this.#loadAhead(1)
    return taking
  }

  giveBack(recogniser: T): void {
    this.#taken -= 1
    this.#offer(recogniser)
  }

  /** Frees the spare ones; those that are still out are freed when they come back. */
  close(): void {
    this.#closed = true
    for (const recogniser of this.#spare.splice(0)) this.#options.free(recogniser)
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the recognisers were closed'))
  }

  #loadAhead(spare: number): void {
    const wanted = this.#waiting.length + spare - this.#spare.length - this.#loading
    const held = this.#taken - this.#waiting.length + this.#spare.length + this.#loading
    const loads = Math.min(wanted, this.#options.capacity - held)
    for (let i = 0; i < loads; i += 1) this.#loadOne()
  }

  #loadOne(): void {
    this.#loading += 1
    this.#options.load().then(
      (recogniser) => {
        this.#loading -= 1
        this.#offer(recogniser)
      },
      (cause: unknown) => {
        this.#loading -= 1
        this.#fail(cause)
      },
    )
  }

  #offer(recogniser: T): void {
    const waiting = this.#waiting.shift()
    if (this.#closed) this.#options.free(recogniser)
    else if (waiting === undefined) this.#spare.push(recogniser)
    else waiting.resolve(recogniser)
  }

  #fail(cause: unknown): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) return
    this.#taken -= 1
    waiting.reject(cause)
  }
}
