import { type ReactNode, useState } from 'react'
import type { Call } from '../sdk/call.ts'
import type { TranscriptFormat } from '../sdk/room-api.ts'
import { languageName } from './language-name.ts'
import { Notice } from './notice.tsx'
import { PopoverButton } from './popover-button.tsx'
import type { Problem } from './problem.ts'
import { saveTranscript } from './save-transcript.ts'
import { SelectField } from './select-field.tsx'
import { nothingKept, transcriptProblem } from './transcript-problem.ts'

type Wanted = { readonly call: Call; readonly reading: string }

const formats: readonly (readonly [TranscriptFormat, name: string, use: string])[] = [
  ['vtt', 'WebVTT', 'subtitles for web pages'],
  ['srt', 'SRT', 'subtitles for video players'],
  ['txt', 'Text', 'to read'],
  ['json', 'JSON', 'for programs'],
]

/** The whole transcript as the room keeps it, not only what this page has seen. */
export function TranscriptDownload(props: Wanted & { className: string; face: ReactNode }) {
  const { className, face, ...wanted } = props
  return (
    <PopoverButton label="Download transcript" className={className} face={face}>
      {(close) => <Formats {...wanted} onSaved={close} />}
    </PopoverButton>
  )
}

function Formats(props: Wanted & { onSaved: () => void }) {
  const { call, reading, onSaved } = props
  const [isTranslated, setTranslated] = useState(true)
  const [fetching, setFetching] = useState<TranscriptFormat | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)

  async function save(format: TranscriptFormat): Promise<void> {
    if (fetching) return
    setFetching(format)
    setProblem(null)
    try {
      const isSaved = await saveTranscript(call, { format, language: isTranslated ? reading : undefined })
      if (isSaved) onSaved()
      else setProblem(nothingKept)
    } catch (error) {
      setProblem(transcriptProblem(error))
    } finally {
      setFetching(null)
    }
  }

  return (
    <div className="popover-form">
      <SelectField
        label="Language of the transcript"
        value={isTranslated ? 'read' : 'said'}
        onChange={(event) => setTranslated(event.target.value === 'read')}
      >
        <option value="read">{languageName(reading)}, where translated</option>
        <option value="said">As it was said</option>
      </SelectField>
      <ul className="formats" aria-busy={fetching !== null}>
        {formats.map(([format, name, use]) => (
          <li key={format}>
            <button type="button" className="format" aria-disabled={fetching !== null} onClick={() => save(format)}>
              <b>{name}</b> <span>{fetching === format ? 'getting it…' : use}</span>
            </button>
          </li>
        ))}
      </ul>
      {problem && <Notice tone="problem" title={problem.title} advice={problem.advice} />}
    </div>
  )
}
