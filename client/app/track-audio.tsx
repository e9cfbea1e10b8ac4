import { useEffect, useRef } from 'react'

/** Plays one remote audio track, unseen. */
export function TrackAudio(props: { track: MediaStreamTrack; onBlocked: () => void }) {
  const { track, onBlocked } = props
  const element = useRef<HTMLAudioElement>(null)

  useEffect(() => {
    const audio = element.current
    if (!audio) return
    audio.srcObject = new MediaStream([track])
    audio.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'NotAllowedError') onBlocked()
    })
  }, [track, onBlocked])

  // biome-ignore lint/a11y/useMediaCaption: the captions of a call are shown over the video
  return <audio ref={element} />
}
