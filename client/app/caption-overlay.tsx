import { useEffect, useState } from 'react'
import type { CaptionLine, Transcript } from '../sdk/captions.ts'

const SHOWN_AT_ONCE = 2
const LINGER_MS = 6_000
/** A partial that gets no further revision: its speaker went, or its stream broke. */
const STALE_PARTIAL_MS = 15_000

/**
 * What is being said, over the video. Not announced: the transcript's log does that. Text stands on the left and grows
 * to the right and downwards, so that what one reads does not move.
 */
export function CaptionOverlay(props: { transcript: Transcript; isEnabled: boolean }) {
  const now = useNow(props.transcript)
  if (!props.isEnabled) return null
  const lines = props.transcript.lines.filter((line) => isCurrent(line, now)).slice(-SHOWN_AT_ONCE)
  return (
    <section className="caption-overlay" aria-label="Captions" aria-live="off">
      {props.transcript.lines.length === 0 && <p className="caption-hint">Captions are on. Say something.</p>}
      {lines.map((line, index) => (
        <p
          key={line.segmentId}
          className="caption"
          lang={line.language}
          dir="auto"
          data-segment-id={line.segmentId}
          data-participant-id={line.participantId}
          data-final={line.final}
        >
          {line.participantId !== lines[index - 1]?.participantId && <b>{line.speaker}</b>}
          <span className="caption-tail">
            <span data-caption-text>{line.text}</span>
          </span>
        </p>
      ))}
    </section>
  )
}

function isCurrent(line: CaptionLine, now: number): boolean {
  return line.text !== '' && now - line.receivedAt < (line.final ? LINGER_MS : STALE_PARTIAL_MS)
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
