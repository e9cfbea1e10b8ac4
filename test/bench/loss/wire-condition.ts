/** What a wire does to the packets that go over it. */
export type WireCondition = {
  readonly name: string
  /** Part of the time, or of the packets, that is lost: 0.05 is 5 %. */
  readonly loss: number
  /** `burst` loses whatever comes within an outage of `OUTAGE_MS` on average, `random` each packet by itself. */
  readonly kind: 'random' | 'burst'
  /** Each packet is late by up to twice this, by itself, so that packets overtake one another (as `netem` has it). */
  readonly jitterMs: number
}

/** Four packets of audio. */
export const OUTAGE_MS = 80

const lossy = (percent: number, kind: WireCondition['kind']): WireCondition => ({
  name: percent === 0 ? 'no loss' : `${percent} % ${kind}`,
  loss: percent / 100,
  kind,
  jitterMs: 0,
})

export const CONDITIONS: Readonly<Record<string, WireCondition>> = {
  '0': lossy(0, 'random'),
  '2': lossy(2, 'random'),
  '5': lossy(5, 'random'),
  '10': lossy(10, 'random'),
  '2b': lossy(2, 'burst'),
  '5b': lossy(5, 'burst'),
  '10b': lossy(10, 'burst'),
  j: { name: '50 ms jitter', loss: 0, kind: 'random', jitterMs: 50 },
}
