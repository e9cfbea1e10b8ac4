import type { Transcript } from '../sdk/captions.ts'

/** A transcript to paste elsewhere: finals only, one line each, with the time it was spoken. */
export function transcriptText(transcript: Transcript): string {
  return transcript.lines
    .filter(({ final }) => final)
    .map(({ startMs, speaker, text }) => `${timeOfDay(startMs)} ${speaker}: ${text}`)
    .join('\n')
}

export function timeOfDay(epochMs: number): string {
  return new Date(epochMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
}
