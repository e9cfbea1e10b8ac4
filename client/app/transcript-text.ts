import type { CaptionLine, Transcript } from '../sdk/captions.ts'
import { shownText } from '../sdk/shown-text.ts'

/** A transcript to paste elsewhere, in its reader's language: finals only, one line each, with the time it was spoken. */
export function transcriptText(transcript: Transcript, reading: string): string {
  return transcript.lines
    .filter(({ final, text }) => final && text !== '')
    .map((line) => `${timeOfDay(line.startMs)} ${speakerName(line)}: ${shownText(line, reading).text}`)
    .join('\n')
}

export function timeOfDay(epochMs: number): string {
  return new Date(epochMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
}

/** Of somebody who spoke and left before one came, nobody here knows the name. */
export function speakerName({ speaker }: CaptionLine): string {
  return speaker || 'Somebody who left'
}
