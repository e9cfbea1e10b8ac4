import type { Stage } from '../stage.ts'

const DEADLINE_MS = 5_000

/** Asks the control plane for a way into a room that has its place, as somebody who comes now. */
export async function askToJoin({ fleet, homes, complain }: Stage, when: string): Promise<void> {
  const [roomId = ''] = homes.keys()
  try {
    const answer = await fetch(`${fleet.url}/v1/rooms/${roomId}/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ displayName: 'Zoe' }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    if (!answer.ok) complain(`a join ${when} was answered ${answer.status} ${await answer.text()}`)
  } catch (error) {
    complain(`a join ${when} was not answered: ${error instanceof Error ? error.message : error}`)
  }
}
