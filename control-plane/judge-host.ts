import { NODE_TTL_MS } from '../shared/node-registry/node-registry.ts'
import type { ProbeAnswer } from './health-probes.ts'
import type { Sighting } from './known-fleet.ts'

/** Why a room is given another media node than the one it has. */
export const moveCauses = ['draining', 'refused', 'silent', 'unknown'] as const
export type MoveCause = (typeof moveCauses)[number]

/**
 * Whether a room stays on its media node, leaves it because it drains, or whether the media node has to be asked itself
 * first, because its heartbeats or the caller's connection failed. A room is never taken from a media node unasked that
 * does not drain: it may be cut off from the registry only, or the registry may have lost its memory.
 */
export function judgeUnasked({ node, registry }: Sighting, isNamedLost: boolean): 'keep' | 'ask' | 'draining' {
  if (registry === 'away') return isNamedLost ? 'ask' : 'keep'
  if (node.draining) return 'draining'
  const isHeardOf = registry === 'knows' && node.ageMs < NODE_TTL_MS
  return isHeardOf && !isNamedLost ? 'keep' : 'ask'
}

/**
 * A media node is dead at once if nobody listens there; if it is merely silent, only when its heartbeats fail as well, for
 * which its caller waits (`wait`) while the registry can tell.
 */
export function judgeByAnswer(
  { node, registry }: Sighting,
  answer: ProbeAnswer,
): 'keep' | 'refused' | 'silent' | 'wait' {
  if (answer !== 'silent') return answer === 'ok' ? 'keep' : 'refused'
  if (node.ageMs >= NODE_TTL_MS) return 'silent'
  return registry === 'knows' ? 'wait' : 'keep'
}
