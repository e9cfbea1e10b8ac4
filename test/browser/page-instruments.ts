/**
 * What a test sees of a page from the inside. Runs in the browser, before the page's own code. Times are milliseconds since
 * the Unix epoch, so that two browsers on one machine can be compared.
 */

export type SeenCaption = {
  readonly at: number
  readonly segmentId: string
  readonly participantId: string
  readonly final: boolean
  readonly text: string
}

export type HeardLevel = { readonly at: number; readonly rms: number }

export type Instruments = {
  readonly captions: SeenCaption[]
  readonly spoken: HeardLevel[]
  readonly heard: HeardLevel[]
  listen(): Promise<number>
}

declare global {
  interface Window {
    instruments: Instruments
  }
  interface MediaStreamTrackProcessorLike {
    readonly readable: ReadableStream<AudioData>
  }
  // Chromium's, not yet in the DOM types.
  var MediaStreamTrackProcessor: new (init: { track: MediaStreamTrack }) => MediaStreamTrackProcessorLike
}

/** Self-contained, because its source text is what travels to the browser. */
export function installInstruments(): void {
  const now = () => performance.timeOrigin + performance.now()
  const captions: SeenCaption[] = []
  const spoken: HeardLevel[] = []
  const heard: HeardLevel[] = []
  const MAX_LEVELS = 100_000
  const tapped = new Set<string>()

  async function record(track: MediaStreamTrack, levels: HeardLevel[]): Promise<void> {
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const samples = new Float32Array(value.numberOfFrames)
      value.copyTo(samples, { planeIndex: 0, format: 'f32-planar' })
      value.close()
      const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
      if (levels.length < MAX_LEVELS) levels.push({ at: now(), rms })
    }
  }

  const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const stream = await getUserMedia(constraints)
    for (const track of stream.getAudioTracks()) void record(track.clone(), spoken)
    return stream
  }

  const last = new Map<string, string>()
  const note = (element: Element) => {
    const { segmentId = '', participantId = '', final } = element instanceof HTMLElement ? element.dataset : {}
    const text = element.querySelector('[data-caption-text]')?.textContent ?? ''
    const state = `${final} ${text}`
    if (last.get(segmentId) === state) return
    last.set(segmentId, state)
    captions.push({ at: now(), segmentId, participantId, final: final === 'true', text })
  }
  new MutationObserver(() => {
    for (const element of document.querySelectorAll('[role="log"] [data-segment-id]')) note(element)
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true })

  window.instruments = {
    captions,
    spoken,
    heard,
    /** Starts recording what the page's elements play; answers how many tracks it newly found. */
    async listen() {
      const tracks = [...document.querySelectorAll('audio, video')]
        .map((element) => (element instanceof HTMLMediaElement && !element.muted ? element.srcObject : null))
        .flatMap((source) => (source instanceof MediaStream ? source.getAudioTracks() : []))
        .filter((track) => track.readyState === 'live' && !tapped.has(track.id))
      for (const track of tracks) {
        tapped.add(track.id)
        void record(track.clone(), heard)
      }
      return tracks.length
    },
  }
}
