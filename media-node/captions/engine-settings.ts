import type { PocketSphinxSettings } from './engines/pocketsphinx.ts'

/** Which engine recognises speech, and with what. */
export type EngineSettings = { readonly name: 'none' } | ({ readonly name: 'pocketsphinx' } & PocketSphinxSettings)
