import { type GivenLine, isForeign } from './given-line.ts'

/** A line as a document tells it, timed from the first line's beginning in milliseconds. */
export type Cue = {
  /** Counted from 1. */
  readonly number: number
  readonly startMs: number
  /** Always after `startMs`. */
  readonly endMs: number
  /** In one line, never empty. */
  readonly speaker: string
  /** In one line; begins with its language, such as `[en]`, when it is not in the one asked for. */
  readonly text: string
}

export type DocumentFormat = {
  readonly contentType: string
  readonly head: string
  readonly cue: (cue: Cue) => string
}

const NAMELESS = 'Somebody'

const clockTime = (ms: number) => {
  const [hours, minutes, seconds] = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1_000) % 60].map((part) =>
    `${Math.floor(part)}`.padStart(2, '0'),
  )
  return `${hours}:${minutes}:${seconds}`
}
const milliseconds = (ms: number) => `${ms % 1_000}`.padStart(3, '0')

/** WebVTT's character references. */
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A name that ends in `--` would make an arrow with the tag's end; white space there is not part of the name. */
const voice = (speaker: string) => `<v ${escaped(speaker)}${speaker.endsWith('--') ? ' ' : ''}>`

const vttTime = (ms: number) => `${clockTime(ms)}.${milliseconds(ms)}`

/** SubRip has no character references, and players take what looks like markup or a time for it. */
const plain = (text: string) => text.replaceAll('-->', '→').replaceAll('<', '‹').replaceAll('>', '›')

const srtTime = (ms: number) => `${clockTime(ms)},${milliseconds(ms)}`

/** Transcripts as documents: WebVTT (W3C), SubRip and plain text. */
export const documentFormats = {
  vtt: {
    contentType: 'text/vtt; charset=utf-8',
    head: 'WEBVTT\n\n',
    cue: ({ startMs, endMs, speaker, text }) =>
      `${vttTime(startMs)} --> ${vttTime(endMs)}\n${voice(speaker)}${escaped(text)}</v>\n\n`,
  },
  srt: {
    contentType: 'application/x-subrip; charset=utf-8',
    head: '',
    cue: ({ number, startMs, endMs, speaker, text }) =>
      `${number}\n${srtTime(startMs)} --> ${srtTime(endMs)}\n${plain(speaker)}: ${plain(text)}\n\n`,
  },
  txt: {
    contentType: 'text/plain; charset=utf-8',
    head: '',
    cue: ({ startMs, speaker, text }) => `[${clockTime(startMs)}] ${speaker}: ${text}\n`,
  },
} satisfies Readonly<Record<string, DocumentFormat>>

/** A maker of cues from the lines of one document, in their order; undefined for a line without a word. */
export function cueMaker(language: string | undefined): (line: GivenLine) => Cue | undefined {
  let origin: number | undefined
  let number = 0
  return (line) => {
    const text = oneLine(line.text)
    if (text === '') return undefined
    origin ??= line.startMs
    number += 1
    const startMs = line.startMs - origin
    return {
      number,
      startMs,
      endMs: Math.max(line.endMs - origin, startMs + 1),
      speaker: oneLine(line.speaker) || NAMELESS,
      text: isForeign(line, language) ? `[${line.language}] ${text}` : text,
    }
  }
}

/** White space of any kind becomes one space, and control characters with it: no document may be broken by a name. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
}
