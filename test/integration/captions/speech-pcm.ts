import { type SynthesisOptions, synthesise } from '../../speech/synthesise.ts'
import { readWav } from '../../speech/wav.ts'

/** A sentence spoken by flite as engines are fed it, 16 kHz mono, with a little silence around it. */
export async function speechPcm(sentence: string, voice: SynthesisOptions['voice'] = 'rms'): Promise<Int16Array> {
  const pcm = await readWav(await synthesise(sentence, { voice, before: 0.3, after: 0.3 }))
  return pcm.filter((_, index) => index % 3 === 0)
}
