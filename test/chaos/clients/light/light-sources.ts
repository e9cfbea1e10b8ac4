import wrtc from '@roamhq/wrtc'

/** As often as libwebrtc takes sound. */
const CHUNK_MS = 10
const SAMPLE_RATE = 48_000
const CHUNK_SAMPLES = (SAMPLE_RATE * CHUNK_MS) / 1_000
/** A process that was stopped for longer than this does not make up for what it has not sent. */
const MOST_CHUNKS_AT_ONCE = 20

const PITCH_HZ = 200
/** As often as syllables come, or a steady tone would be taken for noise and not be sent. */
const SYLLABLES_HZ = 4
const LOUDNESS = 0.12
const SWELL = 0.05
const FULL_SCALE = 32_767

const VIDEO = { width: 160, height: 120 }
const CHUNKS_PER_PICTURE = 10
const BAR_WIDTH = 40
const BAR_STEP = 4
const GREY = 128

/** The chunks of one syllable, which is the whole of the hum. */
const hum = chunksOfHum()
const takers = new Set<(chunk: number) => void>()
let isTicking = false

/** A sound that never pauses: a pause that is heard is the network's. Of all such tracks there is one clock. */
export function humTrack(): MediaStreamTrack {
  const source = new wrtc.nonstandard.RTCAudioSource()
  everyChunk((chunk) => {
    const samples = hum[chunk % hum.length]
    if (samples !== undefined) source.onData({ samples, sampleRate: SAMPLE_RATE })
  })
  return source.createTrack()
}

/** Pictures that change: a bar that wanders. */
export function cameraTrack(): MediaStreamTrack {
  const source = new wrtc.nonstandard.RTCVideoSource()
  everyChunk((chunk) => {
    if (chunk % CHUNKS_PER_PICTURE === 0) source.onFrame({ ...VIDEO, data: picture(chunk / CHUNKS_PER_PICTURE) })
  })
  return source.createTrack()
}

/** Calls `take` with the number of each chunk of ten milliseconds, when it is due, until the process ends. */
export function everyChunk(take: (chunk: number) => void): void {
  takers.add(take)
  if (!isTicking) startClock()
}

function startClock(): void {
  isTicking = true
  const start = performance.now()
  let next = 0
  setInterval(() => {
    const due = Math.floor((performance.now() - start) / CHUNK_MS)
    next = Math.max(next, due - MOST_CHUNKS_AT_ONCE)
    for (; next <= due; next += 1) {
      for (const take of takers) take(next)
    }
  }, CHUNK_MS)
}

function chunksOfHum(): readonly Int16Array[] {
  const seconds = 1 / SYLLABLES_HZ
  const samples = Int16Array.from({ length: SAMPLE_RATE * seconds }, (_, index) => {
    const at = index / SAMPLE_RATE
    const loudness = LOUDNESS + SWELL * Math.sin(2 * Math.PI * SYLLABLES_HZ * at)
    return FULL_SCALE * loudness * (2 * ((PITCH_HZ * at) % 1) - 1)
  })
  const count = samples.length / CHUNK_SAMPLES
  return Array.from({ length: count }, (_, index) => samples.slice(index * CHUNK_SAMPLES, (index + 1) * CHUNK_SAMPLES))
}

/** I420: a plane of brightness, then two of colour with a quarter of its size each. */
function picture(number: number): Uint8Array {
  const { width, height } = VIDEO
  const data = new Uint8Array((width * height * 3) / 2).fill(GREY)
  const bar = (number * BAR_STEP) % (width - BAR_WIDTH)
  for (let row = 0; row < height; row += 1) data.fill(number % 256, row * width + bar, row * width + bar + BAR_WIDTH)
  return data
}
