import type { Source } from '../../shared/protocol/messages.ts'
import type { Call } from '../sdk/call.ts'
import type { LocalMedia } from './local-media.ts'

/**
 * Keeps what a call sends equal to what the person's devices give, through every switch of device, mute and loss.
 *
 * @returns what stops it
 */
export function sendLocalMedia(call: Call, localMedia: LocalMedia, onFailure: (source: Source) => void): () => void {
  const sent = new Map<Source, MediaStreamTrack | undefined>([
    ['microphone', call.state.published.microphone?.track],
    ['camera', call.state.published.camera?.track],
  ])
  let muted = call.state.published.microphone?.muted ?? false

  function sync(): void {
    if (call.state.phase.name === 'ended') return
    for (const source of ['microphone', 'camera'] as const) syncTrack(source)
    syncMuted()
  }

  function syncTrack(source: Source): void {
    const track = localMedia.tracks[source]
    if (track === sent.get(source)) return
    sent.set(source, track)
    const settled = track ? call.publish(source, track) : call.unpublish(source)
    settled.catch(() => onFailure(source))
  }

  function syncMuted(): void {
    const { microphone } = localMedia.state
    if (microphone.status !== 'on' || microphone.muted === muted) return
    muted = microphone.muted
    const settled = muted ? call.mute('microphone') : call.unmute('microphone')
    settled.catch(() => onFailure('microphone'))
  }

  sync()
  return localMedia.subscribe(sync)
}
