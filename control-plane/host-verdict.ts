import type { Clock } from '../shared/clock.ts'
import { NODE_TTL_MS } from '../shared/node-registry/node-registry.ts'
import type { HealthProbes } from './health-probes.ts'
import { judgeByAnswer, judgeUnasked, type MoveCause } from './judge-host.ts'
import type { KnownFleet, Sighting } from './known-fleet.ts'

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
  const { answer, askedAt } = await parts.probes.ask(host.node)
  const judged = judgeByAnswer(host, answer)
  const verdict = judged === 'wait' ? await afterSilence(parts, host) : judged
  if (verdict !== 'keep') await parts.fleet.suspect(host.node.nodeId, parts.clock.now() - askedAt)
  return verdict
}

/** A heartbeat that came meanwhile means that the media node lives and only we do not reach it. */
async function afterSilence({ fleet, clock }: Parts, { node }: Sighting): Promise<'keep' | 'silent'> {
  const since = clock.now()
  for (;;) {
    const left = NODE_TTL_MS - node.ageMs - (clock.now() - since)
    await new Promise<void>((resolve) => clock.after(Math.min(LOOK_EVERY_MS, Math.max(1, left)), resolve))
    const seen = await fleet.find(node.nodeId)
    if (seen?.registry !== 'knows' || seen.node.ageMs < clock.now() - since) return 'keep'
    if (seen.node.ageMs >= NODE_TTL_MS) return 'silent'
  }
}
