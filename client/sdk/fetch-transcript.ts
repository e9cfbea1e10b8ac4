import { CallError } from '../../shared/protocol/error-code.ts'
import { type RoomApiOptions, refusal, type TranscriptFormat, transcriptUrl } from './room-api.ts'

/** A transcript of hours takes longer than joining a room. */
const DEADLINE_MS = 30_000

/**
 * The stored transcript of a room as a file.
 *
 * @throws CallError with the code of the API, or `unavailable` when it cannot be reached
 */
export async function fetchTranscript(
  options: RoomApiOptions,
  roomId: string,
  wanted: { readonly format: TranscriptFormat; readonly language?: string | undefined },
): Promise<Blob> {
  const deadline = AbortSignal.timeout(DEADLINE_MS)
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline
  try {
    const response = await (options.fetch ?? fetch)(transcriptUrl(options, roomId, wanted), { signal })
    if (response.ok) return await response.blob()
    throw refusal(response.status, await response.json().catch(() => undefined))
  } catch (cause) {
    options.signal?.throwIfAborted()
    if (cause instanceof CallError) throw cause
    throw new CallError('unavailable', 'The server cannot be reached.', { cause })
  }
}
