import { z } from 'zod'
import { errorCodes } from './protocol/error-code.ts'
import { languageTag } from './protocol/language-tag.ts'
import { id } from './protocol/sdp-grammar.ts'
import { displayName, writtenText } from './protocol/written-text.ts'

/** The shapes of the room-allocation API, shared by the control plane and its callers; `/openapi.json` is made of them. */

export const roomId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'a letter or digit, then up to 63 of letters, digits, _ and -')
  .meta({ description: 'Names the room; chosen by the caller or made by the server.', example: 'weekly-standup' })

/** A STUN or TURN URI (RFC 7064 §3.1, RFC 7065 §3.1). */
export const iceServerUrl = z
  .string()
  .max(512)
  .regex(/^(stun|turn)s?:(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?(\?transport=(udp|tcp))?$/)

const epochMs = z.int().meta({ description: 'Milliseconds since the Unix epoch' })

export const createRoomRequest = z
  .strictObject({
    roomId: roomId.exactOptional(),
    region: z.string().min(1).max(64).exactOptional().meta({ description: 'Preferred region of the media node' }),
    maxParticipants: z.int().min(1).max(1000).default(50),
    emptyTimeoutSeconds: z
      .int()
      .min(0)
      .max(86_400)
      .default(60)
      .meta({ description: 'How long a room without participants stays on its media node' }),
    metadata: z.record(writtenText(64), writtenText(1024)).default({}),
  })
  .meta({ id: 'CreateRoom' })

export const room = z
  .object({
    roomId,
    nodeId: z.string().meta({ description: 'The media node that hosts the room' }),
    epoch: z.int().min(1).meta({ description: 'Grows by one each time the room is allocated again' }),
    region: z.string().exactOptional(),
    maxParticipants: z.int(),
    emptyTimeoutSeconds: z.int(),
    metadata: z.record(z.string(), z.string()),
    createdAt: epochMs,
  })
  .meta({ id: 'Room' })

export const joinRequest = z
  .strictObject({
    displayName,
    language: languageTag.default('en').meta({ description: 'The language this participant speaks' }),
    rejoinToken: z.string().max(2048).exactOptional().meta({
      description:
        'From an earlier join of this room: be the same participant again; of an earlier room of its name it counts for nothing',
    }),
    lostNodeId: z.string().min(1).max(64).exactOptional().meta({
      description: 'The media node to which the connection broke; it is looked after before its next heartbeat',
    }),
  })
  .meta({ id: 'Join' })

export const joinAnswer = z
  .object({
    token: z.string().meta({ description: 'Join token (JWT, EdDSA): valid once, for this media node, for 60 seconds' }),
    url: z
      .url({ protocol: /^wss?$/ })
      .max(2048)
      .meta({ description: 'WebSocket URL of the media node; offer the token as a subprotocol' }),
    nodeId: z.string(),
    epoch: z.int(),
    participantId: id,
    rejoinToken: z.string().meta({
      description: 'For a day: proves to later joins who this participant is, and opens the transcript of this room',
    }),
    expiresAt: epochMs.meta({ description: 'When the token expires, in milliseconds since the Unix epoch' }),
    iceServers: z.array(
      z.object({
        urls: z.array(iceServerUrl).max(16),
        username: z.string().max(512).exactOptional(),
        credential: z.string().max(512).exactOptional(),
      }),
    ),
  })
  .meta({ id: 'JoinAnswer' })

export const mediaNode = z
  .object({
    nodeId: z.string(),
    url: z.string(),
    internalUrl: z.string().exactOptional().meta({ description: 'Where a proxy and the control plane reach it' }),
    region: z.string(),
    version: z.string(),
    load: z.number().min(0).max(1).meta({ description: '0 is idle, 1 is full' }),
    rooms: z.int(),
    participants: z.int(),
    draining: z.boolean(),
    ageMs: z.int().meta({ description: 'Milliseconds since its last heartbeat' }),
    reservations: z.int().meta({ description: 'Rooms placed there whose opening it has not told yet' }),
    firmReservations: z.int().meta({ description: 'Those of them that count as load already' }),
  })
  .meta({ id: 'MediaNode' })

export const drainRequest = z
  .strictObject({
    deadlineSeconds: z
      .int()
      .min(0)
      .max(86_400)
      .default(60)
      .meta({ description: 'How long participants have to move; whoever is left then is cut off' }),
  })
  .meta({ id: 'Drain' })

export const transcript = z
  .object({
    roomId,
    lines: z.array(
      z.object({
        segmentId: z.string(),
        participantId: z.string(),
        speaker: z.string().meta({ description: "The speaker's display name" }),
        language: z.string().meta({ description: 'BCP 47 tag of `text`' }),
        text: z.string(),
        startMs: epochMs,
        endMs: epochMs,
        translated: z.boolean().meta({ description: 'Whether `text` is a translation of what was said' }),
      }),
    ),
    next: z.string().exactOptional().meta({ description: '`after` of the next page; missing after the last one' }),
  })
  .meta({ id: 'Transcript' })

/** RFC 9457 problem details, with our stable `code`. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(errorCodes),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' })

export type CreateRoomRequest = z.input<typeof createRoomRequest>
export type Room = z.infer<typeof room>
export type JoinRequest = z.input<typeof joinRequest>
export type JoinAnswer = z.infer<typeof joinAnswer>
export type MediaNodeView = z.infer<typeof mediaNode>
export type Transcript = z.infer<typeof transcript>
export type Problem = z.infer<typeof problem>
