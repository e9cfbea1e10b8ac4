import { useEffect, useState } from 'react'
import type { CallState } from '../sdk/call-state.ts'
import type { CaptionLine, Transcript } from '../sdk/captions.ts'
import { shownText } from '../sdk/shown-text.ts'
import { speakerName } from './transcript-text.ts'
import { UntranslatedMark } from './untranslated-mark.tsx'

const SHOWN_AT_ONCE = 2
const LINGER_MS = 6_000
/** A partial that gets no further revision: its speaker went, or its stream broke. */
const STALE_PARTIAL_MS = 15_000

/**
 * What is being said, over the video. Not announced: the transcript's log does that. It is as high as it may get from the
 * start, and each caption has room for its last two lines, so that what one reads moves only when a new one begins.
 */
export function CaptionOverlay(props: { captions: CallState['captions'] }) {
  const { enabled, transcript, language } = props.captions
  const now = useNow(transcript)
  if (!enabled) return null
  const lines = currentLines(transcript, now)
  if (lines.length === 0 && transcript.lines.length > 0) return null
  return (
    <section className="caption-overlay" aria-label="Captions" aria-live="off">
      {lines.length === 0 && <p className="caption-hint">Captions are on. Say something.</p>}
      {lines.map((line) => (
        <OverlayLine key={line.segmentId} line={line} reading={language} />
      ))}
    </section>
  )
}

function OverlayLine(props: { line: CaptionLine; reading: string }) {
  const { line } = props
  const shown = shownText(line, props.reading)
  return (
    <div
      className="caption"
      data-segment-id={line.segmentId}
      data-participant-id={line.participantId}
      data-final={line.final}
      data-shown={shown.status}
    >
      <p className="caption-speaker">
        <b dir="auto">{speakerName(line)}</b>
        {shown.status === 'untranslated' && <UntranslatedMark language={shown.language} />}
      </p>
      <p className="caption-tail">
        <span data-caption-text lang={shown.language} dir="auto">
          {shown.text}
        </span>
      </p>
    </div>
  )
}

/** The newest lines, while any of them is current: an older one goes when another takes its place, not before. */
function currentLines(transcript: Transcript, now: number): readonly CaptionLine[] {
  const said = transcript.lines.filter(({ text, receivedAt }) => text !== '' && receivedAt > 0)
  const newest = said.slice(-SHOWN_AT_ONCE)
  return newest.some((line) => isCurrent(line, now)) ? newest : []
}

function isCurrent(line: CaptionLine, now: number): boolean {
  return now - line.receivedAt < (line.final ? LINGER_MS : STALE_PARTIAL_MS)
}

/** The time, renewed with each caption and each second, so that old ones go by themselves. */
function useNow(transcript: Transcript): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return Math.max(now, transcript.lines.at(-1)?.receivedAt ?? 0)
}
