import type { LocalMedia, LocalMediaState } from './local-media.ts'
import { Notice } from './notice.tsx'
import { captureAdvice, captureTroubles, choiceTroubles } from './problem.ts'

/** What is wrong with microphone and camera, and the way to try again. */
export function DeviceNotices(props: { localMedia: LocalMedia; media: LocalMediaState }) {
  const { localMedia, media } = props
  const choices = choiceTroubles(media).map((problem) => <Notice key={problem.title} tone="quiet" {...problem} />)
  const troubles = captureTroubles(media).map(({ missing, problem }) => (
    <Notice key={missing} tone="quiet" {...captureAdvice(missing, problem)}>
      <button
        type="button"
        className="button small"
        onClick={() => (missing === 'both' ? localMedia.start() : localMedia.turnOn(missing))}
      >
        Try again
      </button>
    </Notice>
  ))
  return [...choices, ...troubles]
}
