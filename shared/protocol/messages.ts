import { z } from 'zod'
import { caption, captionsStatus } from './caption.ts'
import { languageTag } from './language-tag.ts'
import { isOfKind, mediaKind, rtpCapabilities, rtpParameters } from './rtp.ts'
import { id } from './sdp-grammar.ts'
import { dtlsParameters, iceParameters, transportDescription } from './transport.ts'
import { readText } from './written-text.ts'

/**
 * The signalling protocol `jbcalling.v1` as schemas; `PROTOCOL.md` beside this file is the same in words.
 *
 * client → media node: `{ id, method, data }`; answers: `{ id, data }` or `{ id, error: { code, message } }`;
 * media node → client at any time: `{ event, data }`.
 */

export const SUBPROTOCOL = 'jbcalling.v1'
export const BEARER_PREFIX = 'bearer.'
/** Offered instead of a join token by whose connection broke: `welcome` said it. */
export const RESUME_PREFIX = 'resume.'

/** Signalling messages above this size close the connection with `payload_too_large`. */
export const MAX_MESSAGE_BYTES = 64 * 1024

/** As many as a room may have participants, and two tracks of each. */
const MAX_PARTICIPANTS = 1_000
const MAX_CONSUMERS = 2 * MAX_PARTICIPANTS
/** What a reader who turns captions on is sent, with room to spare. */
const MAX_CAPTIONS = 1_000

const OTHER_KIND = 'a codec of the other kind'

const nothing = z.object({})

export const participantDescription = z.object({
  participantId: id,
  displayName: readText(128),
  /** BCP 47 tag of what this participant speaks. */
  language: languageTag,
  /** Whether this participant's speech may be captioned. */
  captioned: z.boolean(),
})

export const consumerDescription = z
  .object({
    consumerId: id,
    producerId: id,
    participantId: id,
    source: z.enum(['microphone', 'camera']),
    kind: mediaKind,
    rtpParameters,
    /** The speaker's own pause (muted microphone, camera off), not this reader's. */
    producerPaused: z.boolean(),
  })
  .refine(isOfKind, OTHER_KIND)

const consumers = z.array(consumerDescription).max(MAX_CONSUMERS)
const participants = z.array(participantDescription).max(MAX_PARTICIPANTS)

export const requests = {
  'connect-transport': { data: z.object({ transportId: id, dtlsParameters }), reply: nothing },
  /** New ICE credentials for a transport whose client has another network now (RFC 8445 §9). */
  'restart-ice': { data: z.object({ transportId: id }), reply: z.object({ iceParameters }) },
  receive: { data: z.object({ rtpCapabilities }), reply: z.object({ consumers }) },
  produce: {
    data: z
      .object({ kind: mediaKind, source: z.enum(['microphone', 'camera']), rtpParameters })
      .refine(isOfKind, OTHER_KIND),
    reply: z.object({ producerId: id }),
  },
  'close-producer': { data: z.object({ producerId: id }), reply: nothing },
  'pause-producer': { data: z.object({ producerId: id }), reply: nothing },
  'resume-producer': { data: z.object({ producerId: id }), reply: nothing },
  'resume-consumer': { data: z.object({ consumerId: id }), reply: nothing },
  /** `language` is what this participant reads. The reply has the recent captions of the room, oldest first. */
  'set-captions': {
    data: z.object({ enabled: z.boolean(), language: languageTag.exactOptional() }),
    reply: z.object({ captions: z.array(caption).max(MAX_CAPTIONS) }),
  },
  'set-speech': {
    data: z.object({ language: languageTag.exactOptional(), captioned: z.boolean().exactOptional() }),
    reply: nothing,
  },
  ping: { data: nothing, reply: nothing },
  leave: { data: nothing, reply: nothing },
} as const

export const notifications = {
  welcome: z.object({
    roomId: id,
    participantId: id,
    nodeId: id,
    epoch: z.int(),
    routerRtpCapabilities: rtpCapabilities,
    sendTransport: transportDescription,
    receiveTransport: transportDescription,
    participants,
    /** Takes this participant up again on a new connection, for `resumeWindowMs` after the old one broke. */
    resumeToken: z.string().regex(/^[A-Za-z0-9._~-]{16,128}$/),
    resumeWindowMs: z.int().min(0),
  }),
  /** Instead of `welcome` on a connection that took a participant up again: how things are now, as whole lists. */
  resumed: z.object({
    participants,
    consumers,
    producers: z.array(z.object({ producerId: id, source: z.enum(['microphone', 'camera']) })).max(2),
    captionsActive: z.boolean(),
  }),
  /** The room is about to be, or already is, served by another media node: join again, and leave here when that plays. */
  migrate: z.object({ reason: z.enum(['draining', 'moved']), deadlineMs: z.int().min(0) }),
  'participant-joined': participantDescription,
  'participant-changed': participantDescription,
  'participant-left': z.object({ participantId: id }),
  'consumer-created': consumerDescription,
  'consumer-closed': z.object({ consumerId: id }),
  'consumer-paused': z.object({ consumerId: id }),
  'consumer-resumed': z.object({ consumerId: id }),
  'active-speakers': z.object({ participantIds: z.array(id).max(MAX_PARTICIPANTS) }),
  /** Whether anybody in the room reads captions, so that speakers know. */
  'captions-active': z.object({ active: z.boolean() }),
  caption,
  'captions-status': captionsStatus,
} as const

export type Requests = {
  [M in keyof typeof requests]: {
    data: z.infer<(typeof requests)[M]['data']>
    reply: z.infer<(typeof requests)[M]['reply']>
  }
}
export type Method = keyof Requests
export type Notifications = { [E in keyof typeof notifications]: z.infer<(typeof notifications)[E]> }
export type Event = keyof Notifications
export type ParticipantDescription = z.infer<typeof participantDescription>
export type ConsumerDescription = z.infer<typeof consumerDescription>
export type Source = ConsumerDescription['source']

/** The envelope of a request, before its data is parsed by its method's schema; a method without data may leave it out. */
export const requestEnvelope = z.object({
  id: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  method: z.string().max(64),
  data: z.unknown().optional(),
})

/** Everything a media node sends: an answer or a notification. */
export const serverMessage = z.union([
  z.object({ id: z.int(), data: z.unknown() }),
  z.object({ id: z.int(), error: z.object({ code: z.string(), message: z.string() }) }),
  z.object({ event: z.string(), data: z.unknown() }),
])

export function isMethod(value: string): value is Method {
  return Object.hasOwn(requests, value)
}

export function isEvent(value: string): value is Event {
  return Object.hasOwn(notifications, value)
}
