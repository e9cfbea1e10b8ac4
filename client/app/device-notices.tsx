import type { LocalMedia, LocalMediaState } from './local-media.ts'
import { Notice } from './notice.tsx'
import { captureAdvice } from './problem.ts'

/** What is wrong with microphone and camera; one notice where both have the same trouble. */
export function DeviceNotices(props: { localMedia: LocalMedia; media: LocalMediaState }) {
  const { localMedia } = props
  const { microphone, camera } = props.media
  const microphoneProblem = microphone.status === 'unavailable' ? microphone.problem : null
  const cameraProblem = camera.status === 'unavailable' ? camera.problem : null

  if (microphoneProblem && microphoneProblem === cameraProblem) {
    return (
      <Notice tone="quiet" {...captureAdvice('both', microphoneProblem)}>
        <TryAgain onClick={() => localMedia.start()} />
      </Notice>
    )
  }
  return (
    <>
      {microphoneProblem && (
        <Notice tone="quiet" {...captureAdvice('microphone', microphoneProblem)}>
          <TryAgain onClick={() => localMedia.turnOn('microphone')} />
        </Notice>
      )}
      {cameraProblem && (
        <Notice tone="quiet" {...captureAdvice('camera', cameraProblem)}>
          <TryAgain onClick={() => localMedia.turnOn('camera')} />
        </Notice>
      )}
    </>
  )
}

function TryAgain(props: { onClick: () => void }) {
  return (
    <button type="button" className="button small" onClick={props.onClick}>
      Try again
    </button>
  )
}
