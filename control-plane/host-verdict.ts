import type { Clock } from '../shared/clock.ts'
import { NODE_TTL_MS } from '../shared/node-registry/node-registry.ts'
import type { HealthProbes } from './health-probes.ts'
import { judgeByAnswer, judgeUnasked, type MoveCause } from './judge-host.ts'
import type { KnownFleet, Sighting } from './known-fleet.ts'

/** A media node that has not answered within this time is silent, though it may still answer. */
const PATIENCE_MS = 400

/** Between two looks at the heartbeats of a media node that does not answer; there are six looks at most. */
const LOOK_EVERY_MS = 500

type Parts = { readonly fleet: KnownFleet; readonly probes: HealthProbes; readonly clock: Clock }

/**
 * Whether a room stays on its media node or why it leaves it; asks the media node where that has to be known. Takes as long
 * as a silent media node's next heartbeat needs to come or to fail: the caller, sent back there, would only find out the same.
 */
export async function hostVerdict(parts: Parts, host: Sighting, isNamedLost: boolean): Promise<'keep' | MoveCause> {
  const unasked = judgeUnasked(host, isNamedLost)
  if (unasked !== 'ask') return unasked
  const { answer, askedAt } = await parts.probes.ask(host.node, PATIENCE_MS)
  const judged = judgeByAnswer(host, answer)
  const verdict = judged === 'wait' ? await afterSilence(parts, host) : judged
  if (verdict !== 'keep') await parts.fleet.suspect(host.node.nodeId, parts.clock.now() - askedAt)
  return verdict
}

/**
 * A heartbeat that came meanwhile means that the media node lives and only we do not reach it; an answer that came late, that
 * it lives and has too little of a processor.
 */
async function afterSilence({ fleet, probes, clock }: Parts, { node }: Sighting): Promise<'keep' | MoveCause> {
  const since = clock.now()
  for (;;) {
    const left = NODE_TTL_MS - node.ageMs - (clock.now() - since)
    const waitMs = Math.min(LOOK_EVERY_MS, Math.max(1, left))
    const pause = new Promise<void>((resolve) => clock.after(waitMs, resolve))
    const { answer } = await probes.ask(node, waitMs)
    if (answer !== 'silent') return answer === 'ok' ? 'keep' : 'refused'
    await pause
    const seen = await fleet.find(node.nodeId)
    if (seen?.registry !== 'knows' || seen.node.ageMs < clock.now() - since) return 'keep'
    if (seen.node.ageMs >= NODE_TTL_MS) return 'silent'
  }
}
