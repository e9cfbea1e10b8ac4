import { useState } from 'react'
import type { Source } from '../../shared/protocol/messages.ts'
import type { Call } from '../sdk/call.ts'
import type { CallState } from '../sdk/call-state.ts'
import { Icon } from './icon.tsx'
import type { LocalMediaState } from './local-media.ts'
import { Notice } from './notice.tsx'
import { captionsAdvice, captureAdvice, captureTroubles, choiceTroubles, notUnderstoodAdvice } from './problem.ts'
import { ReconnectionNotice } from './reconnection-notice.tsx'

/** What does not go well, while the call goes on. */
export function CallNotices(props: {
  call: Call
  state: CallState
  media: LocalMediaState
  unsent: Source | null
  isSoundBlocked: boolean
  onUnblock: () => void
}) {
  const { state, media, unsent } = props
  const captionTrouble = state.captions.enabled ? captionsAdvice(state) : undefined
  const notUnderstood = notUnderstoodAdvice(state)
  const isUnsent = unsent && media[unsent].status === 'on' && !state.published[unsent]
  return (
    <div className="call-notices">
      {props.isSoundBlocked && (
        <Notice tone="problem" title="Your browser holds back the sound">
          <button type="button" className="button small" onClick={props.onUnblock}>
            Turn on sound
          </button>
        </Notice>
      )}
      <ReconnectionNotice call={props.call} />
      {state.phase.name === 'connected' && state.mediaConnection === 'interrupted' && (
        <Notice tone="quiet" title="The connection is unsteady" advice="Trying to get picture and sound back…" />
      )}
      {captureTroubles(media).map(({ missing, problem }) => (
        <DismissibleNotice key={`${missing} ${problem}`} title={captureAdvice(missing, problem).title} />
      ))}
      {choiceTroubles(media).map(({ title }) => (
        <DismissibleNotice key={title} title={title} />
      ))}
      {isUnsent && (
        <Notice tone="quiet" title={`The others cannot get your ${unsent}`} advice="Switch it off and on." />
      )}
      {notUnderstood && <DismissibleNotice {...notUnderstood} />}
      {captionTrouble && <DismissibleNotice key={captionTrouble} title={captionTrouble} />}
    </div>
  )
}

function DismissibleNotice(props: { title: string; advice?: string }) {
  const [isDismissed, setDismissed] = useState(false)
  if (isDismissed) return null
  return (
    <Notice tone="quiet" {...props}>
      <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => setDismissed(true)}>
        <Icon name="close" />
      </button>
    </Notice>
  )
}
