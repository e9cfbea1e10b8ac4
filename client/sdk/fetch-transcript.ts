import { z } from 'zod'
import { CallError } from '../../shared/protocol/error-code.ts'
import { type RoomApiOptions, refusal, type TranscriptFormat, transcriptUrl } from './room-api.ts'

/** A transcript of hours takes longer than joining a room. */
const DEADLINE_MS = 30_000

/** As many lines as the API gives at once, and more pages of them than a transcript has. */
const LINES_PER_PAGE = 1_000
const MAX_PAGES = 200

const page = z.looseObject({ lines: z.array(z.unknown()), next: z.string().exactOptional() })

export type WantedTranscript = { readonly format: TranscriptFormat; readonly language?: string | undefined }
type Get = (query: string) => Promise<Response>

/**
 * The stored transcript of a room as one file, however many pages the API gives it in. `options.token` proves that one may
 * read it; within a call `Call.fetchTranscript` has it.
 *
 * @throws CallError with the code of the API, or `unavailable` when it cannot be reached or breaks off
 */
export async function fetchTranscript(
  options: RoomApiOptions,
  roomId: string,
  wanted: WantedTranscript,
): Promise<Blob> {
  const deadline = AbortSignal.timeout(DEADLINE_MS)
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline
  const get = async (query: string) => {
    const address = `${transcriptUrl(options, roomId, wanted)}${query}`
    const headers = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }
    const response = await (options.fetch ?? fetch)(address, { signal, headers })
    if (response.ok) return response
    throw refusal(response.status, await response.json().catch(() => undefined))
  }
  try {
    return wanted.format === 'json' ? await allPages(get) : await (await get('')).blob()
  } catch (cause) {
    options.signal?.throwIfAborted()
    if (cause instanceof CallError) throw cause
    throw new CallError('unavailable', 'The transcript cannot be reached.', { cause })
  }
}

async function allPages(get: Get): Promise<Blob> {
  const lines: unknown[] = []
  let query = `&limit=${LINES_PER_PAGE}`
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const { data, error } = page.safeParse(await (await get(query)).json())
    if (error)
      throw new CallError('protocol_violation', 'The server gave an answer of an unknown shape.', { cause: error })
    const { next, ...rest } = data
    lines.push(...data.lines)
    if (next === undefined) return asJson({ ...rest, lines })
    query = `&limit=${LINES_PER_PAGE}&after=${encodeURIComponent(next)}`
  }
  throw new CallError('payload_too_large', 'The transcript is too long.')
}

function asJson(value: unknown): Blob {
  return new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' })
}
