import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEngine } from '../../../media-node/captions/create-engine.ts'
import { decoderSettings } from '../../../media-node/captions/engines/pocketsphinx.ts'
import { PocketSphinxLibrary } from '../../../media-node/captions/engines/pocketsphinx-library.ts'
import { wordErrorRate } from '../../speech/word-error-rate.ts'
import { engineContract } from './engine-contract.ts'
import { pocketSphinx } from './pocketsphinx-settings.ts'
import { speechPcm } from './speech-pcm.ts'

/** Long enough that PocketSphinx's tables, made for 256 frames of 10 ms, grow twice on the way. */
const LONG = 'we will meet again tomorrow morning at the station and the weather is going to be cold and windy today'
const CHUNK_SAMPLES = 1_600
/** There are none in the silence before the first word. */
const MOST_WITHOUT = 8

engineContract({
  create: () => createEngine(pocketSphinx, 2),
  language: 'en-GB',
  unsupportedLanguage: 'es',
})

test('[G36] a model that is not there is an error that names it, and not a crash', async () => {
  await assert.rejects(createEngine({ ...pocketSphinx, modelPath: '/nonexistent' }, 1), /\/nonexistent/)
})

test('[G37] at any moment of an utterance its words can be weighed anew, and at the end they are the final ones', async () => {
  const decoder = await new PocketSphinxLibrary().load(await decoderSettings(pocketSphinx))
  for (const voice of ['slt', 'awb'] as const) {
    const pcm = await speechPcm(LONG, voice)
    decoder.startUtterance()
    assert.equal(decoder.bestPath(), undefined, 'nothing was said yet')
    let weighed: string | undefined
    let without = 0
    for (let at = 0; at < pcm.length; at += CHUNK_SAMPLES) {
      decoder.process(pcm.subarray(at, at + CHUNK_SAMPLES))
      weighed = decoder.bestPath()
      if (weighed === undefined) without += 1
    }
    decoder.endUtterance()
    assert.ok(without < MOST_WITHOUT, `${without} chunks without words`)
    assert.ok(pcm.length > 2 * 256 * 160, `${pcm.length} samples`)
    assert.ok(wordErrorRate(decoder.hypothesis(), weighed ?? '') < 0.1, `${weighed} | ${decoder.hypothesis()}`)
  }
  decoder.free()
})
