/**
 * Why a text was not translated. `unreachable` (away, broke off, late, answered with rubbish) and `overloaded` may pass;
 * `refused` (credentials or settings) and `pair_unsupported` stay. `detail` is for the operator's log: short, and free of
 * secrets, addresses and what was said.
 */
export type TranslationFailure = {
  readonly kind: 'unreachable' | 'overloaded' | 'refused' | 'pair_unsupported'
  readonly detail: string
}

export type TranslationRequest = {
  readonly text: string
  /** BCP 47, as are all languages here. */
  readonly from: string
  readonly to: string
  /** Gives up; the answer is then `unreachable`. */
  readonly signal: AbortSignal
}

export type Translation = { readonly text: string } | TranslationFailure

/** A text-to-text backend. */
export type Translator = {
  /** What it is known to translate; a pair may turn out to be unsupported only when it is asked for. */
  supports(from: string, to: string): boolean
  /** Never rejects, and settles when the signal says so at the latest. */
  translate(request: TranslationRequest): Promise<Translation>
  close(): Promise<void>
}
