import { useEffect, useState } from 'react'
import type { CallState } from '../sdk/call-state.ts'
import { Icon } from './icon.tsx'
import { PopoverButton } from './popover-button.tsx'

/** Tells who speaks that somebody reads along, and on request what becomes of the text. Announced once in a call. */
export function CaptionsSign(props: { state: CallState }) {
  const { captions, speech } = props.state
  const announcement = useOnce(captions.active)
  const title = speech.captioned
    ? 'Captions are on: what you say is shown as text'
    : 'Captions are on, but not for what you say'
  return (
    <div className="captions-sign">
      <span className="visually-hidden" role="status">
        {announcement && title}
      </span>
      {captions.active && (
        <PopoverButton
          label={title}
          className="sign-button"
          face={
            <>
              <Icon name={speech.captioned ? 'captions' : 'captions-off'} />
              <span className="sign-title">{title}</span>
            </>
          }
        >
          {() => <Explanation captioned={speech.captioned} />}
        </PopoverButton>
      )}
    </div>
  )
}

function Explanation(props: { captioned: boolean }) {
  if (!props.captioned) {
    return (
      <div className="popover-text">
        <p>Somebody in this call reads along. As you chose, nothing you say is turned into text or kept.</p>
      </div>
    )
  }
  return (
    <div className="popover-text">
      <p>Somebody in this call reads along, so what you say is turned into text.</p>
      <p>The text may be kept for a while as this room's transcript, which those in the call can download.</p>
      <p>
        If you do not want that, open <b>Language and captions</b> and choose <b>Do not caption my speech</b>.
      </p>
    </div>
  )
}

/** True for as long as `condition` holds for the first time. */
function useOnce(condition: boolean): boolean {
  const [phase, setPhase] = useState<'before' | 'during' | 'after'>('before')
  useEffect(() => {
    setPhase((now) => {
      if (condition) return now === 'before' ? 'during' : now
      return now === 'during' ? 'after' : now
    })
  }, [condition])
  return phase === 'during'
}
