import type { CallState } from './call-state.ts'

/** The name of who said something, also of somebody who has left since; empty for somebody who was never seen here. */
export function speakerOf(state: CallState, participantId: string): string {
  if (participantId === state.participantId) return state.displayName
  const present = state.participants.find((participant) => participant.participantId === participantId)
  const spoken = state.captions.transcript.lines.findLast((line) => line.participantId === participantId)
  return present?.displayName ?? spoken?.speaker ?? ''
}
