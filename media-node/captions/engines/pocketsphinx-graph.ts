import koffi, { type LibraryHandle } from 'koffi'

/** `-bestpathlw` by `-lw`, and `-ascale` turned round: with these PocketSphinx searches the graph of an utterance that is over. */
const LANGUAGE_WEIGHT = 9.5 / 6.5
const ACOUSTIC_SCALE = 1 / 20

/** From sphinxbase's `hash_table.h`: what `ps_search_iter` gives, and the entry that it stands at. */
const ITERATOR = koffi.struct({ table: 'void *', entry: 'void *', index: 'size_t' })
const ENTRY = koffi.struct({ key: 'const char *', length: 'size_t', value: 'void *', next: 'void *' })

/**
 * Searches the graph of the words that may have been said, which PocketSphinx itself does only once an utterance is over.
 * Every call occupies the calling thread, for milliseconds early in an utterance and for hundreds of them late in one.
 */
export class PocketSphinxGraph {
  readonly #languageModel
  readonly #searches
  readonly #freeSearches
  readonly #frames
  readonly #mark
  readonly #graph
  readonly #bestPath
  readonly #words

  /** Throws when the library lacks what this needs. */
  constructor(library: LibraryHandle) {
    this.#languageModel = library.func('void *ps_get_lm(void *decoder, const char *name)')
    this.#searches = library.func('void *ps_search_iter(void *decoder)')
    this.#freeSearches = library.func('void ps_search_iter_free(void *iterator)')
    this.#frames = library.func('int ps_get_n_frames(void *decoder)')
    this.#mark = library.func('int ngram_search_mark_bptable(void *search, int frame)')
    this.#graph = library.func('void *ps_get_lattice(void *decoder)')
    this.#bestPath = library.func('void *ps_lattice_bestpath(void *graph, void *model, float weight, float scale)')
    this.#words = library.func('const char *ps_lattice_hyp(void *graph, void *link)')
  }

  /** A function that gives the best path's words in the decoder's utterance under way, or undefined when there is no path yet. */
  of(decoder: unknown): () => string | undefined {
    const { name, search } = this.#onlySearch(decoder)
    const model: unknown = this.#languageModel(decoder, name)
    return () => {
      // The graph reads where the next frame's words begin, which is set only once that frame comes: until then the place
      // holds whatever was in that memory, and the reading ends the process.
      this.#mark(search, this.#frames(decoder) - 1)
      const graph: unknown = this.#graph(decoder)
      if (graph === null) return undefined
      const link: unknown = this.#bestPath(graph, model, LANGUAGE_WEIGHT, ACOUSTIC_SCALE)
      return link === null ? undefined : this.#words(graph, link)
    }
  }

  #onlySearch(decoder: unknown): { readonly name: string; readonly search: unknown } {
    const iterator: unknown = this.#searches(decoder)
    const entry = koffi.decode(koffi.decode(iterator, ITERATOR).entry, ENTRY)
    this.#freeSearches(iterator)
    return { name: entry.key, search: entry.value }
  }
}
