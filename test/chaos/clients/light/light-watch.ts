import wrtc from '@roamhq/wrtc'
import { STALL_MS } from '../participant/chaos-participant.ts'
import { GapWatch } from '../participant/gap-watch.ts'
import { everyChunk } from './light-sources.ts'

/** Much quieter than what the clients send, and louder than what is made up for packets that do not come. */
const HEARD_RMS = 0.01 * 32_768

/**
 * Decodes a track and calls `onMedia` with the time at which something came out of it: a picture, or sound that can be
 * heard. Returns what ends that.
 */
export function watchTrack(track: MediaStreamTrack, onMedia: (at: number) => void): () => void {
  if (track.kind === 'video') {
    const sink = new wrtc.nonstandard.RTCVideoSink(track)
    sink.onframe = () => onMedia(Date.now())
    return () => sink.stop()
  }
  const sink = new wrtc.nonstandard.RTCAudioSink(track)
  sink.ondata = ({ samples }: { readonly samples: Int16Array }) => {
    if (isHeard(samples)) onMedia(Date.now())
  }
  return () => sink.stop()
}

/** The process feeds its own sound every ten milliseconds; when that is late, it has had to wait for the processor. */
export function watchStalls(): GapWatch {
  const watch = new GapWatch(STALL_MS)
  everyChunk(() => watch.note(Date.now()))
  return watch
}

function isHeard(samples: Int16Array): boolean {
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0)
  return Math.sqrt(energy / samples.length) > HEARD_RMS
}
