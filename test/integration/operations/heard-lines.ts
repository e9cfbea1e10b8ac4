/** A program loads a model and a worker before it says that it is ready, on a machine that may be busy. */
const PATIENCE_MS = 30_000

/** The lines that a program writes, and whoever waits for one of them. */
export class HeardLines {
  readonly all: string[] = []
  readonly #waiting = new Set<() => void>()

  readonly add = (line: string): void => {
    this.all.push(line)
    for (const look of [...this.#waiting]) look()
  }

  /** What the first line that fits says in the pattern's group, also when it came before. */
  async first(pattern: RegExp): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const look = () => {
      const found = this.all.map((line) => pattern.exec(line)).find((match) => match !== null)?.[1]
      if (found !== undefined) resolve(found)
    }
    const deadline = setTimeout(() => reject(new Error(`nobody said ${pattern}:\n${this.all.join('\n')}`)), PATIENCE_MS)
    this.#waiting.add(look)
    look()
    try {
      return await promise
    } finally {
      clearTimeout(deadline)
      this.#waiting.delete(look)
    }
  }
}
