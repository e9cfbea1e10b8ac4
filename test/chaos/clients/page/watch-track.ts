/** Much quieter than what the clients send, and louder than what a browser makes up for packets that do not come. */
const HEARD_RMS = 0.01

type Media = AudioData | VideoFrame

/**
 * Plays a track and calls `onMedia` with the time at which something came out of it: a picture, or sound that can
 * be heard. Returns what ends that.
 */
export function watchTrack(track: MediaStreamTrack, onMedia: (at: number) => void): () => void {
  // A browser hands out remote sound only while something plays it.
  const element = track.kind === 'audio' ? new Audio() : undefined
  if (element !== undefined) {
    element.srcObject = new MediaStream([track])
    void element.play()
  }
  const reader = readerOf(track)
  void read(reader, onMedia)
  return () => {
    if (element !== undefined) element.srcObject = null
    reader.cancel().catch(() => undefined)
  }
}

function readerOf(track: MediaStreamTrack): ReadableStreamDefaultReader<Media> {
  return new MediaStreamTrackProcessor({ track }).readable.getReader()
}

async function read(reader: ReadableStreamDefaultReader<Media>, onMedia: (at: number) => void): Promise<void> {
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    if (value instanceof VideoFrame || isHeard(value)) onMedia(Date.now())
    value.close()
  }
}

function isHeard(sound: AudioData): boolean {
  const samples = new Float32Array(sound.numberOfFrames)
  sound.copyTo(samples, { planeIndex: 0, format: 'f32-planar' })
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0)
  return Math.sqrt(energy / samples.length) > HEARD_RMS
}
