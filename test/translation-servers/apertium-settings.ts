import type { ApertiumSettings } from '../../media-node/captions/translation/apertium-translator.ts'

/** The Apertium that the tests install. */
export const apertium: ApertiumSettings = { modesPath: '/usr/share/apertium/modes', mostPairs: 4 }
