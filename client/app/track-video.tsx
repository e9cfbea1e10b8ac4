import { useEffect, useRef } from 'react'
import { markOnce } from './mark-once.ts'

/** Plays one video track; sound is never played here. */
export function TrackVideo(props: { track: MediaStreamTrack; mirrored?: true; label: string; remote?: true }) {
  const { track, remote } = props
  const element = useRef<HTMLVideoElement>(null)

  useEffect(() => {
    const video = element.current
    if (!video) return
    video.srcObject = new MediaStream([track])
    if (!remote || !('requestVideoFrameCallback' in video)) return
    const request = video.requestVideoFrameCallback(() => markOnce('jbc:first-remote-frame'))
    return () => video.cancelVideoFrameCallback(request)
  }, [track, remote])

  return (
    <video ref={element} aria-label={props.label} className={props.mirrored && 'mirrored'} autoPlay playsInline muted />
  )
}
