import koffi from 'koffi'
import { PocketSphinxGraph } from './pocketsphinx-graph.ts'

/** A loaded decoder. It carries one utterance at a time; every call but loading occupies the calling thread. */
export type PocketSphinxDecoder = {
  startUtterance(): void
  process(pcm: Int16Array): void
  endUtterance(): void
  /** What was recognised so far, or in all once the utterance ended. */
  hypothesis(): string
  /** The same with all words weighed anew, which costs milliseconds; undefined when that gave nothing yet. */
  bestPath(): string | undefined
  free(): void
}

/** The two C libraries, or an error that says which is missing. */
export class PocketSphinxLibrary {
  readonly #base = koffi.load('libsphinxbase.so.3')
  readonly #library = koffi.load('libpocketsphinx.so.3')
  readonly #arguments = this.#library.func('void *ps_args()')
  readonly #configure = this.#base.func('void *cmd_ln_init(void *inout, void *definitions, int strict, ...)')
  readonly #freeConfiguration = this.#base.func('int cmd_ln_free_r(void *configuration)')
  readonly #logTo = this.#base.func('void err_set_logfp(void *stream)')
  readonly #init = this.#library.func('void *ps_init(void *configuration)')
  readonly #free = this.#library.func('int ps_free(void *decoder)')
  readonly #startStream = this.#library.func('int ps_start_stream(void *decoder)')
  readonly #startUtterance = this.#library.func('int ps_start_utt(void *decoder)')
  readonly #endUtterance = this.#library.func('int ps_end_utt(void *decoder)')
  readonly #processRaw = this.#library.func(
    'int ps_process_raw(void *decoder, const int16_t *data, size_t samples, int no_search, int full_utterance)',
  )
  readonly #hypothesis = this.#library.func('const char *ps_get_hyp(void *decoder, void *score)')

  readonly #graph = new PocketSphinxGraph(this.#library)

  /**
   * Silences the libraries' own log, in which they would put what people say. By name of a file it would be reopened
   * under the feet of another lane's thread.
   */
  constructor() {
    this.#logTo(null)
  }

  /** Loads a decoder on another thread: a third of a second, or longer on a busy machine. Rejects when it cannot. */
  async load(settings: Readonly<Record<string, string>>): Promise<PocketSphinxDecoder> {
    const variadic = Object.entries(settings).flatMap(([name, value]) => ['const char *', name, 'const char *', value])
    const configuration: unknown = this.#configure(null, this.#arguments(), 1, ...variadic, 'void *', null)
    if (configuration === null) throw new Error('PocketSphinx does not accept its settings')
    const decoder = await new Promise<unknown>((resolve, reject) => {
      this.#init.async(configuration, (error: unknown, loaded: unknown) => {
        if (error === null && loaded !== null) resolve(loaded)
        else reject(new Error('PocketSphinx cannot load its model', { cause: error }))
      })
    }).finally(() => this.#freeConfiguration(configuration))
    this.#startStream(decoder)
    return this.#decoder(decoder)
  }

  #decoder(decoder: unknown): PocketSphinxDecoder {
    return {
      startUtterance: () => this.#startUtterance(decoder),
      process: (pcm) => this.#processRaw(decoder, pcm, pcm.length, 0, 0),
      endUtterance: () => this.#endUtterance(decoder),
      hypothesis: () => textOf(this.#hypothesis(decoder, null)),
      bestPath: this.#graph.of(decoder),
      free: () => this.#free(decoder),
    }
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
