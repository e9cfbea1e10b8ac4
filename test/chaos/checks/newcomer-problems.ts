import { asOperator } from '../fleet/operator-key.ts'

const DEADLINE_MS = 5_000

/** Whether somebody who comes now gets into a room that is there, and into a new one. */
export async function newcomerProblems(url: string, roomId: string): Promise<readonly string[]> {
  const fresh = `new-${crypto.randomUUID()}`
  return [
    ...(await askForRoom(url, fresh)),
    ...(await askToJoin(url, roomId)),
    ...(await refusal(`closing a room`, `${url}/v1/rooms/${fresh}`, { method: 'DELETE', headers: asOperator })),
  ]
}

/** Asks the control plane for a way into a room; what it answers instead, if it does. */
export function askToJoin(url: string, roomId: string): Promise<readonly string[]> {
  return refusal('a join to a room that is there', `${url}/v1/rooms/${roomId}/join`, posted({ displayName: 'Zoe' }))
}

/** Asks the control plane for a new room; what it answers instead, if it does. */
export function askForRoom(url: string, roomId: string): Promise<readonly string[]> {
  return refusal('making a room', `${url}/v1/rooms`, posted({ roomId }))
}

function posted(body: object): RequestInit {
  return { method: 'POST', headers: { ...asOperator, 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

async function refusal(what: string, address: string, request: RequestInit): Promise<readonly string[]> {
  try {
    const answer = await fetch(address, { ...request, signal: AbortSignal.timeout(DEADLINE_MS) })
    const text = await answer.text()
    return answer.ok ? [] : [`${what} was answered ${answer.status} ${text}`]
  } catch (error) {
    return [`${what} was not answered: ${error instanceof Error ? error.message : error}`]
  }
}
