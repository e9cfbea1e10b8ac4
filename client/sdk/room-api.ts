import type { z } from 'zod'
import { type JoinAnswer, type JoinRequest, joinAnswer, problem } from '../../shared/api.ts'
import { CallError } from '../../shared/protocol/error-code.ts'

const REQUEST_DEADLINE_MS = 8_000

export type RoomApiOptions = {
  /** Origin of the control plane, such as `https://calls.example`; empty for the page's own. */
  readonly api: string
  readonly signal?: AbortSignal
  /** Where in a trace this call is, as W3C Trace Context writes it. */
  readonly traceparent?: string
  readonly fetch?: typeof fetch
  /** Shown to the API where it asks for one: the rejoin token of a room, or an API key. */
  readonly token?: string | undefined
}

/**
 * Joins a room, which is made if there is none. Of two who ask at the same time, both get into one room.
 *
 * @throws CallError with the code of the API, or `unavailable` when it cannot be reached
 */
export async function enterRoom(options: RoomApiOptions, roomId: string, request: JoinRequest): Promise<JoinAnswer> {
  const path = `/v1/rooms/${encodeURIComponent(roomId)}/join?ifAbsent=create`
  return parsed(joinAnswer)(await post(options, path, request))
}

export type TranscriptFormat = 'json' | 'vtt' | 'srt' | 'txt'

/** Where the stored transcript of a room is, as it was said or, as far as it was translated, in `language` (BCP 47). */
export function transcriptUrl(
  options: Pick<RoomApiOptions, 'api'>,
  roomId: string,
  { format, language }: { readonly format: TranscriptFormat; readonly language?: string | undefined },
): string {
  const query = new URLSearchParams({ format, ...(language !== undefined && { language }) })
  return `${options.api}/v1/rooms/${encodeURIComponent(roomId)}/transcript?${query}`
}

async function post(options: RoomApiOptions, path: string, body: unknown): Promise<unknown> {
  const deadline = AbortSignal.timeout(REQUEST_DEADLINE_MS)
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline
  const response = await (options.fetch ?? fetch)(`${options.api}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(options.traceparent !== undefined && { traceparent: options.traceparent }),
    },
    body: JSON.stringify(body),
    signal,
  }).catch((cause: unknown) => {
    options.signal?.throwIfAborted()
    throw new CallError('unavailable', 'The server cannot be reached.', { cause })
  })
  const answer: unknown = await response.json().catch(() => undefined)
  options.signal?.throwIfAborted()
  if (response.ok) return answer
  throw refusal(response.status, answer)
}

/** What an answer that is not `ok` says; `answer` is its body as JSON, if it is any. */
export function refusal(status: number, answer: unknown): CallError {
  const { data } = problem.safeParse(answer)
  if (data) return new CallError(data.code, data.detail)
  const code = status >= 500 ? 'unavailable' : 'bad_request'
  return new CallError(code, `The server answered ${status} without saying why.`)
}

function parsed<T>(schema: z.ZodType<T>): (answer: unknown) => T {
  return (answer) => {
    const { data, error } = schema.safeParse(answer)
    if (error)
      throw new CallError('protocol_violation', 'The server gave an answer that is not as documented.', {
        cause: error,
      })
    return data
  }
}
