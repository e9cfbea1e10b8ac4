import { useEffect, useRef } from 'react'
import { watchAudioLevel } from './audio-level.ts'

/** Shows that the microphone hears something. Drawn past React, for it changes with every frame. */
export function LevelMeter(props: { track: MediaStreamTrack | null }) {
  const { track } = props
  const element = useRef<HTMLMeterElement>(null)

  useEffect(() => {
    const meter = element.current
    if (!meter || !track) return
    const stop = watchAudioLevel(track, (level) => {
      meter.value = level
    })
    return () => {
      stop()
      meter.value = 0
    }
  }, [track])

  return <meter ref={element} className="level-meter" aria-label="Microphone level" min={0} max={1} defaultValue={0} />
}
