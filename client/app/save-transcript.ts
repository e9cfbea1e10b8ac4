import type { Call } from '../sdk/call.ts'
import type { TranscriptFormat } from '../sdk/room-api.ts'
import { roomName } from './room-name.ts'

/** What every transcript with at least one line has in it. */
const signOfLines: Readonly<Record<TranscriptFormat, RegExp>> = { vtt: /-->/, srt: /-->/, txt: /\S/, json: /"text"/ }

/**
 * Lets the browser save the stored transcript of a call's room as a file.
 *
 * @returns false when there is nothing in it, and then nothing is saved
 * @throws CallError
 */
export async function saveTranscript(
  call: Pick<Call, 'state' | 'fetchTranscript'>,
  wanted: { readonly format: TranscriptFormat; readonly language: string | undefined },
): Promise<boolean> {
  const file = await call.fetchTranscript(wanted)
  if (!signOfLines[wanted.format].test(await file.text())) return false
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = [`${roomName(call.state.roomId)}-transcript`, wanted.language, wanted.format]
    .filter(Boolean)
    .join('.')
  link.click()
  URL.revokeObjectURL(url)
  return true
}
