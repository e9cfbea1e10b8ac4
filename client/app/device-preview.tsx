import { Avatar } from './avatar.tsx'
import type { LocalMedia, LocalMediaState } from './local-media.ts'
import { ToggleButton } from './toggle-button.tsx'
import { toggleCamera, toggleMicrophone } from './toggle-device.ts'
import { TrackVideo } from './track-video.tsx'

/** Oneself as in a mirror, with the two switches. */
export function DevicePreview(props: { localMedia: LocalMedia; media: LocalMediaState; name: string }) {
  const { localMedia, media } = props
  const { microphone, camera } = media
  return (
    <div className="preview" data-self="true">
      {camera.status === 'on' ? (
        <TrackVideo track={camera.track} mirrored label="Your camera" />
      ) : (
        <div className="preview-empty">
          <Avatar name={props.name || 'You'} />
          <p>{camera.status === 'starting' ? 'Starting your camera…' : 'Your camera is off'}</p>
        </div>
      )}
      <div className="preview-controls">
        <ToggleButton
          label="Microphone"
          icons={['microphone', 'microphone-off']}
          pressed={microphone.status === 'on' && !microphone.muted}
          onClick={() => toggleMicrophone(localMedia)}
        />
        <ToggleButton
          label="Camera"
          icons={['camera', 'camera-off']}
          pressed={camera.status === 'on'}
          onClick={() => toggleCamera(localMedia)}
        />
      </div>
    </div>
  )
}
