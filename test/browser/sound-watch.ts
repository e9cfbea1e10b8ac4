import type { Page } from 'playwright-core'

/** RMS of full scale: speech is far above, comfort noise far below. */
const AUDIBLE = 0.003

declare global {
  interface Window {
    /** When something audible came out of an element that plays, in milliseconds of the page. */
    sounds: number[]
  }
}

/** Notes whenever something audible comes out of the page's elements that play, whichever tracks they have, from now on. */
export async function watchSound(page: Page): Promise<void> {
  await page.evaluate((audible) => {
    window.sounds = []
    const watched = new Set<string>()

    async function watch(element: HTMLAudioElement, track: MediaStreamTrack): Promise<void> {
      const reader = new MediaStreamTrackProcessor({ track: track.clone() }).readable.getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        const samples = new Float32Array(value.numberOfFrames)
        value.copyTo(samples, { planeIndex: 0, format: 'f32-planar' })
        value.close()
        const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
        const isPlaying = element.isConnected && !element.paused && element.readyState >= element.HAVE_CURRENT_DATA
        if (rms > audible && isPlaying) window.sounds.push(performance.now())
      }
    }

    setInterval(() => {
      for (const element of document.querySelectorAll('audio')) {
        const [track] = element.srcObject instanceof MediaStream ? element.srcObject.getAudioTracks() : []
        if (!track || watched.has(track.id)) continue
        watched.add(track.id)
        void watch(element, track)
      }
    }, 10)
  }, AUDIBLE)
}

/** The longest silence since the watch began, in milliseconds. */
export function longestSilence(page: Page): Promise<number> {
  return page
    .evaluate(() =>
      [...window.sounds, performance.now()].reduce(
        ({ longest, last }, at) => ({ longest: Math.max(longest, at - last), last: at }),
        { longest: 0, last: window.sounds[0] ?? 0 },
      ),
    )
    .then(({ longest }) => longest)
}
