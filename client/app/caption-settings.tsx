import { useState } from 'react'
import type { CallState, Speech } from '../sdk/call-state.ts'
import { Icon } from './icon.tsx'
import { LanguageField } from './language-field.tsx'
import { Notice } from './notice.tsx'
import { OptOutField } from './opt-out-field.tsx'
import { PopoverButton } from './popover-button.tsx'

/** What one can choose about languages and captions during a call. */
export type CaptionSettingsActions = {
  readonly onRead: (language: string) => Promise<void>
  readonly onSpeech: (change: Partial<Speech>) => Promise<void>
}

/** The button in the toolbar, and what it opens. */
export function CaptionSettings(props: { state: CallState; actions: CaptionSettingsActions }) {
  return (
    <PopoverButton
      label="Language and captions"
      tooltip="Language and captions"
      className="toggle calm"
      face={<Icon name="language" />}
    >
      {() => <Settings {...props} />}
    </PopoverButton>
  )
}

function Settings(props: { state: CallState; actions: CaptionSettingsActions }) {
  const { captions, speech } = props.state
  const { onRead, onSpeech } = props.actions
  const [isRefused, setRefused] = useState(false)
  const told = (outcome: Promise<void>) =>
    outcome.then(
      () => setRefused(false),
      () => setRefused(true),
    )

  return (
    <div className="popover-form">
      <LanguageField label="Language you read" value={captions.language} onChoose={(tag) => told(onRead(tag))} />
      <LanguageField
        label="Language you speak"
        value={speech.language}
        onChoose={(language) => told(onSpeech({ language }))}
      />
      <OptOutField captioned={speech.captioned} onChoose={(captioned) => told(onSpeech({ captioned }))} />
      {isRefused && <Notice tone="problem" title="This was not changed" advice="Try it again in a moment." />}
    </div>
  )
}
