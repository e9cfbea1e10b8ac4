/** A seed for one fault in one round: it plays the same whichever others are played (FNV-1a). */
export function faultSeed(seed: number, fault: string, round: number): number {
  return [...`${seed} ${fault} ${round}`].reduce(
    (hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0,
    0x811c9dc5,
  )
}
