import type { Source } from '../../shared/protocol/messages.ts'
import type { CallState } from '../sdk/call-state.ts'
import type { LocalMediaState } from './local-media.ts'
import { Notice } from './notice.tsx'
import { captionsAdvice, captureAdvice } from './problem.ts'

/** What does not go well, while the call goes on. */
export function CallNotices(props: {
  state: CallState
  media: LocalMediaState
  unsent: Source | null
  isSoundBlocked: boolean
  onUnblock: () => void
}) {
  const { state, media, unsent } = props
  const [trouble] = state.captions.troubles
  return (
    <div className="call-notices">
      {props.isSoundBlocked && (
        <Notice tone="problem" title="Your browser holds back the sound">
          <button type="button" className="button small" onClick={props.onUnblock}>
            Turn on sound
          </button>
        </Notice>
      )}
      {state.mediaConnection === 'interrupted' && (
        <Notice tone="quiet" title="The connection is unsteady" advice="Trying to get picture and sound back…" />
      )}
      {(['microphone', 'camera'] as const).map((source) => {
        const capture = media[source]
        if (capture.status !== 'unavailable') return null
        return <Notice key={source} tone="quiet" title={captureAdvice(source, capture.problem).title} />
      })}
      {unsent && <Notice tone="quiet" title={`The others cannot get your ${unsent}`} advice="Switch it off and on." />}
      {state.captions.enabled && trouble && <Notice tone="quiet" {...captionsAdvice(trouble)} />}
    </div>
  )
}
