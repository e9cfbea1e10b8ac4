import { useId, useState } from 'react'
import type { CaptionLine } from '../sdk/captions.ts'
import { shownText } from '../sdk/shown-text.ts'
import { Icon } from './icon.tsx'
import { languageName } from './language-name.ts'
import { speakerName, timeOfDay } from './transcript-text.ts'
import { UntranslatedMark } from './untranslated-mark.tsx'

/**
 * One caption in the transcript, as its reader sees it. A partial has `aria-live` off; its final is a new element, and so
 * is announced as an addition to the log, unless it was said before one read along.
 */
export function TranscriptLine(props: { line: CaptionLine; reading: string; isFirstOfTurn: boolean }) {
  const { segmentId, participantId, final, startMs, receivedAt } = props.line
  const shown = shownText(props.line, props.reading)
  return (
    <div
      className="line"
      data-segment-id={segmentId}
      data-participant-id={participantId}
      data-final={final}
      data-first={props.isFirstOfTurn}
      data-shown={shown.status}
      aria-live={final && receivedAt > 0 ? undefined : 'off'}
    >
      <p className={props.isFirstOfTurn ? 'line-speaker' : 'line-speaker visually-hidden'}>
        <b dir="auto">{speakerName(props.line)}</b>{' '}
        <time dateTime={new Date(startMs).toISOString()}>{timeOfDay(startMs)}</time>
      </p>
      <p className="line-text" dir="auto">
        <span data-caption-text lang={shown.language}>
          {shown.text}
        </span>
        {'\u00a0'}
        {shown.status === 'untranslated' && <UntranslatedMark language={shown.language} />}
        {shown.status === 'translated' && <Original line={props.line} />}
      </p>
    </div>
  )
}

/** A switch that shows what was really said. */
function Original(props: { line: CaptionLine }) {
  const { language, text } = props.line
  const [isShown, setShown] = useState(false)
  const id = useId()
  return (
    <>
      <button
        type="button"
        className="original-button"
        aria-label="Original"
        aria-expanded={isShown}
        aria-controls={id}
        title={isShown ? undefined : `${languageName(language)}: ${text}`}
        onClick={() => setShown(!isShown)}
      >
        <Icon name="language" />
      </button>
      <span id={id} className="line-original" lang={language} dir="auto" hidden={!isShown}>
        {text}
      </span>
    </>
  )
}
