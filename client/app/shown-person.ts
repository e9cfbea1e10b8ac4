import type { CallState } from '../sdk/call-state.ts'
import type { RemoteParticipant } from '../sdk/participants.ts'
import type { LocalMediaState } from './local-media.ts'

/** What a tile and the list of people show of somebody in the call, apart from the picture. */
export type ShownPerson = {
  readonly participantId: string
  readonly name: string
  readonly isSelf: boolean
  readonly isMuted: boolean
  readonly isSpeaking: boolean
  readonly isCaptioned: boolean
  /** Their connection, or this one, is being made anew. */
  readonly isInterrupted: boolean
}

export function shownSelf(state: CallState, { microphone }: LocalMediaState): ShownPerson {
  return {
    participantId: state.participantId,
    name: state.displayName,
    isSelf: true,
    isMuted: microphone.status !== 'on' || microphone.muted,
    isSpeaking: state.speakers.includes(state.participantId),
    isCaptioned: state.speech.captioned,
    isInterrupted: false,
  }
}

export function shownParticipant(participant: RemoteParticipant, speakers: readonly string[]): ShownPerson {
  const { participantId, displayName, captioned, tracks } = participant
  const microphone = tracks.find(({ source }) => source === 'microphone')
  return {
    participantId,
    name: displayName,
    isSelf: false,
    isMuted: !microphone || microphone.paused,
    isSpeaking: speakers.includes(participantId),
    isCaptioned: captioned,
    isInterrupted: tracks.some(({ media }) => media.status === 'interrupted'),
  }
}

/** What a screen reader says after the name; empty where there is nothing to say. */
export function stateOf(person: ShownPerson): string {
  return [
    person.isMuted && 'muted',
    person.isSpeaking && 'speaking',
    !person.isCaptioned && 'not captioned',
    person.isInterrupted && 'reconnecting',
  ]
    .filter(Boolean)
    .join(', ')
}
