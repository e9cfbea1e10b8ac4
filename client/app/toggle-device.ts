import type { LocalMedia } from './local-media.ts'

/** Mutes or unmutes; where there is no microphone yet, tries to get one. */
export function toggleMicrophone(localMedia: LocalMedia): void {
  const { microphone } = localMedia.state
  if (microphone.status === 'on') localMedia.setMuted(!microphone.muted)
  else localMedia.turnOn('microphone')
}

export function toggleCamera(localMedia: LocalMedia): void {
  if (localMedia.state.camera.status === 'on') localMedia.turnOff('camera')
  else localMedia.turnOn('camera')
}
