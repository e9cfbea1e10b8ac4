import type { CaptionsStatus } from '../../shared/protocol/caption.ts'
import { CallError, type ErrorCode } from '../../shared/protocol/error-code.ts'
import type { Source } from '../../shared/protocol/messages.ts'
import type { CallState } from '../sdk/call-state.ts'
import { ownTroubles } from '../sdk/captions.ts'
import type { Capture, CaptureProblem, LocalMediaState } from './local-media.ts'

/** A problem in words for the person who has it: what happened, and what helps. */
export type Problem = {
  readonly title: string
  readonly advice: string
  /** Joining again cannot help, another room can. */
  readonly remedy?: 'new-room'
}

const joinAgain = 'Join again to continue; you will be back in a moment.'
const invalidTicket: Problem = { title: 'Your ticket for this call is no longer valid', advice: joinAgain }
const fault: Problem = {
  title: 'Something went wrong on our side',
  advice: 'Try to join again. If it keeps happening, tell whoever runs this service.',
}

const callProblems: Readonly<Record<ErrorCode, Problem>> = {
  bad_request: {
    title: 'The server did not accept this request',
    advice: 'Check your name and the room, then try again.',
  },
  payload_too_large: fault,
  rate_limited: { title: 'Too many attempts in a short time', advice: 'Wait a few seconds, then join again.' },
  unauthorized: invalidTicket,
  token_invalid: invalidTicket,
  token_expired: invalidTicket,
  token_replayed: invalidTicket,
  wrong_node: invalidTicket,
  stale_allocation: { title: 'This room has moved to another server', advice: joinAgain },
  forbidden: { title: 'You may not do this in this room', advice: 'Ask the person who invited you for access.' },
  origin_not_allowed: {
    title: 'This address may not join calls here',
    advice: 'Open the link exactly as you received it, or ask whoever runs this service.',
  },
  not_found: fault,
  room_not_found: {
    title: 'This room does not exist',
    advice: 'Check the link, or start a new room.',
    remedy: 'new-room',
  },
  room_exists: fault,
  room_closed: { title: 'This room was closed', advice: 'The call is over for everybody.', remedy: 'new-room' },
  room_full: {
    title: 'This room is full',
    advice: 'Try again when somebody has left, or start another room.',
    remedy: 'new-room',
  },
  unknown_method: fault,
  invalid_state: fault,
  join_timeout: { title: 'Joining took too long', advice: 'Check your connection, then join again.' },
  request_timeout: { title: 'The server took too long to answer', advice: 'Check your connection, then join again.' },
  no_capacity: { title: 'All servers are busy', advice: 'Your room is not lost. Try again in a minute.' },
  draining: { title: 'This server is being restarted', advice: joinAgain },
  unavailable: {
    title: 'The service cannot be reached',
    advice: 'Check your internet connection, then try again. If others can reach it, wait a minute.',
  },
  resume_expired: invalidTicket,
  connection_lost: {
    title: 'The connection was lost',
    advice: 'It did not come back by itself. Check your internet connection, then join again.',
  },
  replaced: {
    title: 'You joined from somewhere else',
    advice: 'This window is out of the call. Join again to take it back.',
  },
  protocol_violation: {
    title: 'This server sent something unsafe',
    advice: 'None of it was used. Load this page again; if it happens again, tell whoever runs this service.',
  },
  internal: fault,
}

const unsupported: Problem = {
  title: 'This browser cannot make calls here',
  advice: 'Open the link in a current Chrome, Edge, Firefox or Safari.',
}

/** What kept somebody out of a call, or ended it. */
export function callProblem(error: unknown): Problem {
  const cause = error instanceof Error ? error.cause : undefined
  // What mediasoup-client throws where it knows no way to use the browser's WebRTC.
  if (cause instanceof Error && cause.name === 'UnsupportedError') return unsupported
  return error instanceof CallError ? callProblems[error.code] : fault
}

/** What is missing, with the words that go with one and with both. */
export type Missing = Source | 'both'

const words: Readonly<Record<Missing, { name: string; is: string; it: string; them: string; still: string }>> = {
  microphone: { name: 'microphone', is: 'is', it: 'it', them: 'one', still: 'You can join and listen.' },
  camera: { name: 'camera', is: 'is', it: 'it', them: 'one', still: 'You can join with your voice only.' },
  both: {
    name: 'camera and microphone',
    is: 'are',
    it: 'them',
    them: 'them',
    still: 'You can join, watch and listen.',
  },
}

/** What cannot be captured and why; once where both have the same trouble. */
export function captureTroubles(media: LocalMediaState): readonly { missing: Missing; problem: CaptureProblem }[] {
  const [microphone, camera] = [problemOf(media.microphone), problemOf(media.camera)]
  if (microphone && microphone === camera) return [{ missing: 'both', problem: microphone }]
  return [
    ...(microphone ? [{ missing: 'microphone', problem: microphone } as const] : []),
    ...(camera ? [{ missing: 'camera', problem: camera } as const] : []),
  ]
}

/** Chosen devices that did not open, in whose place another one goes on. */
export function choiceTroubles({ microphone, camera }: LocalMediaState): readonly Problem[] {
  return [choiceTrouble('microphone', microphone), choiceTrouble('camera', camera)].filter(
    (problem) => problem !== null,
  )
}

function choiceTrouble(source: Source, capture: Capture): Problem | null {
  if (capture.status !== 'on' || capture.choiceProblem === undefined) return null
  const what: Readonly<Record<CaptureProblem, string>> = {
    refused: 'is blocked',
    missing: 'was not found',
    busy: 'is in use',
    insecure: 'cannot be used on this address',
    failed: 'did not start',
  }
  return {
    title: `The ${source} you chose ${what[capture.choiceProblem]}`,
    advice: 'You go on with another one.',
  }
}

function problemOf(capture: Capture): CaptureProblem | null {
  return capture.status === 'unavailable' ? capture.problem : null
}

/** Why a microphone or camera is not there, and how to get it. */
export function captureAdvice(missing: Missing, problem: CaptureProblem): Problem {
  const { name, is, it, them, still } = words[missing]
  const cases: Readonly<Record<CaptureProblem, Problem>> = {
    refused: {
      title: `Your ${name} ${is} blocked`,
      advice: `Allow ${it} with the icon beside the page's address, then try again. ${still}`,
    },
    missing: { title: `No ${name} found`, advice: `Connect ${them}, then try again. ${still}` },
    busy: {
      title: `Your ${name} ${is} in use`,
      advice: `Close the other program that uses ${it}, then try again. ${still}`,
    },
    insecure: {
      title: `Your ${name} cannot be used on this address`,
      advice: `Browsers allow ${it} only on secure pages: open this one with https:// or on localhost. ${still}`,
    },
    failed: { title: `Your ${name} did not start`, advice: `Reconnect ${it}, then try again. ${still}` },
  }
  return cases[problem]
}

const captionReasons: Readonly<Record<NonNullable<CaptionsStatus['reason']>, string>> = {
  engine_unavailable: 'speech recognition cannot be reached',
  engine_slow: 'speech recognition is slow right now',
  lane_lost: 'speech recognition is being restarted',
  language_unsupported: 'this language cannot be recognised here',
  overloaded: 'there is more speech than can be recognised',
  not_understood: 'what is said is not understood',
  fallback_engine: 'another speech recognition stands in',
}

/** What a participant can do whose own words are not recognised; undefined while they are, as far as is known. */
export function notUnderstoodAdvice({ captions, participantId }: CallState): Problem | undefined {
  if (ownTroubles(captions.troubles, participantId).length === 0) return undefined
  return {
    title: 'Your words are not understood',
    advice: 'Check your microphone and the language you speak.',
  }
}

/** What is wrong with the captions of one speaker or of several, in one sentence; undefined when nothing is. */
export function captionsAdvice(state: CallState): string | undefined {
  const { captions, participantId } = state
  const own = ownTroubles(captions.troubles, participantId)
  const troubles = captions.troubles.filter((trouble) => !own.includes(trouble))
  const worst = troubles.find(({ status }) => status === 'failed') ?? troubles[0]
  if (!worst) return undefined
  const speaker = troubles.length === 1 ? nameOf(state, worst.participantId) : undefined
  const whose = speaker ? `Captions of ${speaker}` : 'Captions'
  const what = harmOf(worst)
  return worst.reason ? `${whose} ${what}: ${captionReasons[worst.reason]}` : `${whose} ${what}`
}

function harmOf({ status, reason }: CaptionsStatus): string {
  if (status === 'failed' || reason === 'not_understood') return 'are missing'
  return reason === 'fallback_engine' ? 'may be less exact' : 'may miss words'
}

function nameOf(state: CallState, participantId: string | undefined): string | undefined {
  return state.participants.find((participant) => participant.participantId === participantId)?.displayName
}
