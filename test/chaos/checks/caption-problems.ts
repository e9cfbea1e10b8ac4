import { transcript } from '../../../shared/api.ts'
import { asOperator } from '../fleet/operator-key.ts'
import type { SeenClient } from './client-problems.ts'

const DEADLINE_MS = 5_000
/** A page of a transcript has up to 1,000 lines, and nobody speaks longer here. */
const MAX_PAGES = 100

/** Readers who have not been shown a final since this moment. */
export function captionProblems(seen: readonly SeenClient[], since: number): readonly string[] {
  return seen
    .filter(({ client, view }) => client.plan.readsCaptions && !view.finals.some(({ at }) => at > since))
    .map(({ client }) => `${client.name} has read no caption since the fault`)
}

/** Finals that somebody was shown and that are not in the stored transcript. */
export async function lostFinals(url: string, seen: readonly SeenClient[]): Promise<readonly string[]> {
  const roomIds = [...new Set(seen.map(({ client }) => client.plan.roomId))]
  const each = roomIds.map(async (roomId) => {
    const finals = seen.filter(({ client }) => client.plan.roomId === roomId).flatMap(({ view }) => view.finals)
    if (finals.length === 0) return []
    const kept = await keptSegments(url, roomId)
    const shownAt = new Map(finals.map(({ segmentId, at }) => [segmentId, at]))
    return [...shownAt]
      .filter(([segmentId]) => !kept.has(segmentId))
      .map(([segmentId, at]) => `the final ${segmentId}, shown at ${at}, is not in the transcript`)
  })
  return (await Promise.all(each)).flat()
}

async function keptSegments(url: string, roomId: string): Promise<ReadonlySet<string>> {
  const kept = new Set<string>()
  let after = ''
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = new URLSearchParams({ format: 'json', since: '0', ...(after && { after }) })
    const answer = await fetch(`${url}/v1/rooms/${roomId}/transcript?${query}`, {
      headers: asOperator,
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    if (!answer.ok) throw new Error(`the transcript of a room was answered ${answer.status}`)
    const { lines, next } = transcript.parse(await answer.json())
    for (const { segmentId } of lines) kept.add(segmentId)
    if (next === undefined) return kept
    after = next
  }
  return kept
}
