const FULL_SCALE = 32_768
const SILENT = 127

/** The level of 16-bit sound as RFC 6464 §3 counts it: decibels below overload, from 0 to 127, where 127 is silence. */
export function pcmLevel(pcm: Int16Array): number {
  let energy = 0
  for (const sample of pcm) energy += sample * sample
  if (energy === 0) return SILENT
  const decibels = -10 * Math.log10(energy / pcm.length / FULL_SCALE ** 2)
  return Math.min(SILENT, Math.max(0, Math.round(decibels)))
}
