import type { Call } from '../../../client/sdk/call.ts'
import { consumer } from './consumer.ts'
import { ScriptedTrack } from './scripted-track.ts'
import { type ScriptedConnection, ScriptedWorld } from './scripted-world.ts'

export const ada = { participantId: 'ada', displayName: 'Ada', language: 'en', captioned: true }
export const ben = { participantId: 'ben', displayName: 'Ben', language: 'en', captioned: true }
export const GIVE_UP_MS = 60_000
export const LONG_MS = 10_000

export const voice = new ScriptedTrack('audio', 'voice')
export const adasVoice = new ScriptedTrack('audio', "ada's")

export const phaseOf = (call: Call) => call.state.phase.name
export const errorOf = ({ state: { phase } }: Call) => (phase.name === 'ended' ? phase.error?.code : undefined)
export const ticketOf = ({ nodeId, ticket }: ScriptedConnection) => [nodeId, ticket]
export const namesOf = (call: Call) => call.state.participants.map(({ displayName }) => displayName)
export const mediaOf = (call: Call) =>
  call.state.participants.flatMap(({ tracks }) => tracks.map(({ consumerId, media }) => [consumerId, media.status]))
export const typesOf = (world: ScriptedWorld) => world.events.map((event) => event.type)

/** A call with Ada, whose voice plays. */
export async function callWithAda(options: Parameters<ScriptedWorld['call']>[0] = {}) {
  const world = new ScriptedWorld()
  const call = await world.call({ tracks: { microphone: voice }, ...options }, [ada])
  world.latestMedia.addConsumer(consumer('c1', 'ada'))
  world.latestMedia.plays('c1', { status: 'live', track: adasVoice, flowing: true })
  world.latestMedia.events.onIce('connected')
  return { world, call }
}

export async function breaks(world: ScriptedWorld): Promise<void> {
  world.connection.break()
  await world.settled()
}

/** Loses the media node for good, and is let in by the next one. */
export async function rejoins(world: ScriptedWorld): Promise<void> {
  world.room = { nodeId: 'node-2' }
  await breaks(world)
  await breaks(world)
  world.connection.welcome()
  await world.settled()
}
