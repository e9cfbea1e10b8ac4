declare global {
  /** Chromium's, not yet in the DOM types. */
  var MediaStreamTrackGenerator: new (init: {
    kind: 'video'
  }) => MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> }
}

const VIDEO = { width: 160, height: 120, frameRate: 10 }
const HUE_STEP = 7
const PITCH_HZ = 200
/** As often as syllables come, or a steady tone would be taken for noise and not be sent. */
const SYLLABLES_HZ = 4
const LOUDNESS = 0.12
const SWELL = 0.05

/** A sound that never pauses: a pause that is heard is the network's. */
export function hum(): MediaStreamTrack {
  const context = new AudioContext({ sampleRate: 48_000 })
  const voice = new OscillatorNode(context, { type: 'sawtooth', frequency: PITCH_HZ })
  const loudness = new GainNode(context, { gain: LOUDNESS })
  const syllables = new OscillatorNode(context, { frequency: SYLLABLES_HZ })
  const swell = new GainNode(context, { gain: SWELL })
  syllables.connect(swell).connect(loudness.gain)
  voice.connect(loudness)
  voice.start()
  syllables.start()
  return sent(context, loudness)
}

/** A recording, again and again. */
export async function speech(url: string): Promise<MediaStreamTrack> {
  const context = new AudioContext({ sampleRate: 48_000 })
  const buffer = await context.decodeAudioData(await (await fetch(url)).arrayBuffer())
  const voice = new AudioBufferSourceNode(context, { buffer, loop: true })
  voice.start()
  return sent(context, voice)
}

/** Pictures that change, made by the page itself: the browser's own false camera is one for all its pages. */
export function camera(): MediaStreamTrack {
  const canvas = new OffscreenCanvas(VIDEO.width, VIDEO.height)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('the browser draws nothing')
  const track = new MediaStreamTrackGenerator({ kind: 'video' })
  const writer = track.writable.getWriter()
  let pictures = 0
  setInterval(() => {
    pictures += 1
    context.fillStyle = `hsl(${(pictures * HUE_STEP) % 360} 80% 50%)`
    context.fillRect(0, 0, canvas.width, canvas.height)
    context.clearRect((pictures * 4) % canvas.width, 0, canvas.width / 4, canvas.height)
    void writer.write(new VideoFrame(canvas, { timestamp: performance.now() * 1_000, alpha: 'discard' }))
  }, 1_000 / VIDEO.frameRate)
  return track
}

function sent(context: AudioContext, sound: AudioNode): MediaStreamTrack {
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 })
  sound.connect(destination)
  const [track] = destination.stream.getAudioTracks()
  if (track === undefined) throw new Error('the browser makes no sound')
  return track
}
