import { useEffect, useRef, useState } from 'react'
import type { Call } from '../sdk/call.ts'
import type { CallState } from '../sdk/call-state.ts'
import type { CaptionLine } from '../sdk/captions.ts'
import { CopyButton } from './copy-button.tsx'
import { Icon } from './icon.tsx'
import { LanguageField } from './language-field.tsx'
import { TranscriptDownload } from './transcript-download.tsx'
import { TranscriptLine } from './transcript-line.tsx'
import { transcriptText } from './transcript-text.ts'

const NEAR_END_PX = 48

/**
 * Everything that was said. While it is closed it stays on the page unseen, for its log is what tells a screen reader's
 * user the captions: finals once each, partials not at all.
 */
export function TranscriptPanel(props: {
  call: Call
  captions: CallState['captions']
  isOpen: boolean
  onRead: (language: string) => Promise<void>
  onClose: () => void
  onEnableCaptions: () => void
}) {
  const { captions, isOpen } = props
  const { dropped } = captions.transcript
  const lines = captions.transcript.lines.filter(({ text }) => text !== '')
  const { element, onScroll, isAtEnd, toEnd } = useFollowEnd(captions.transcript)

  return (
    <aside className={isOpen ? 'side-panel' : 'visually-hidden'} aria-label="Transcript panel">
      {isOpen && <Header {...props} />}
      <div className="panel-scroll" ref={element} onScroll={onScroll}>
        {isOpen && lines.length === 0 && <EmptyTranscript {...props} />}
        {dropped > 0 && <p className="transcript-hint">The beginning is no longer shown.</p>}
        <Lines lines={lines} reading={captions.language} />
      </div>
      {isOpen && !isAtEnd && (
        <button type="button" className="button small transcript-latest" onClick={toEnd}>
          <Icon name="chevron" /> Latest
        </button>
      )}
    </aside>
  )
}

function Header(props: {
  call: Call
  captions: CallState['captions']
  onRead: (language: string) => Promise<void>
  onClose: () => void
}) {
  const { transcript, language } = props.captions
  return (
    <header className="panel-header">
      <h2>Transcript</h2>
      <CopyButton className="button ghost" icon="copy" label="Copy" text={() => transcriptText(transcript, language)} />
      <TranscriptDownload
        call={props.call}
        reading={language}
        className="icon-button"
        face={<Icon name="download" />}
      />
      <button type="button" className="icon-button" aria-label="Close transcript" onClick={props.onClose}>
        <Icon name="close" />
      </button>
      <LanguageField
        className="inline"
        label="Language you read"
        value={language}
        onChoose={(tag) => props.onRead(tag).catch(() => {})}
      />
    </header>
  )
}

function Lines(props: { lines: readonly CaptionLine[]; reading: string }) {
  const { lines } = props
  return (
    <div role="log" aria-label="Transcript" aria-live="polite" aria-relevant="additions" className="transcript-lines">
      {lines.map((line, index) => (
        <TranscriptLine
          key={`${line.segmentId}/${line.final}`}
          line={line}
          reading={props.reading}
          isFirstOfTurn={isFirstOfTurn(lines, index)}
        />
      ))}
    </div>
  )
}

function isFirstOfTurn(lines: readonly CaptionLine[], index: number): boolean {
  return lines[index]?.participantId !== lines[index - 1]?.participantId
}

function EmptyTranscript(props: { captions: CallState['captions']; onEnableCaptions: () => void }) {
  if (props.captions.enabled) return <p className="transcript-hint">Listening. What people say appears here.</p>
  return (
    <div className="transcript-hint">
      <p>Captions are off. Turn them on to read along.</p>
      <button type="button" className="button" onClick={props.onEnableCaptions}>
        Turn on captions
      </button>
    </div>
  )
}

/** Keeps the newest line in view, unless the person has scrolled up to read. */
function useFollowEnd(content: unknown) {
  const element = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)

  function toEnd(): void {
    element.current?.scrollTo({ top: element.current.scrollHeight })
  }

  function onScroll(): void {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = element.current ?? {}
    setAtEnd(scrollHeight - scrollTop - clientHeight < NEAR_END_PX)
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs after each new line
  useEffect(() => {
    if (isAtEnd) toEnd()
  }, [content, isAtEnd])

  return { element, onScroll, isAtEnd, toEnd }
}
