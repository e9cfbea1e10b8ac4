import { existsSync } from 'node:fs'
import { type BrowserServer, chromium, type Page } from 'playwright-core'
import { type HeardLevel, installInstruments, type SeenCaption } from './page-instruments.ts'

const BROWSERS = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** How long a test waits for something that a page should show. */
export const PATIENCE_MS = 30_000

const FLAGS = [
  '--use-fake-ui-for-media-stream',
  // Few pictures, so that two browsers that encode and decode without a GPU leave the machine time for sound.
  '--use-fake-device-for-media-stream=fps=8',
  '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
]

export type PersonOptions = {
  readonly name: string
  /** A 48 kHz mono WAV file that the browser plays as its microphone, again and again; silence when absent. */
  readonly microphone: string
  /** More flags for Chromium. */
  readonly flags?: readonly string[]
}

/** One person with a browser process of their own, using the page as people do: by names of fields and buttons. */
export class Person {
  readonly name: string
  readonly page: Page
  readonly #browser: BrowserServer

  private constructor(name: string, browser: BrowserServer, page: Page) {
    this.name = name
    this.#browser = browser
    this.page = page
  }

  static async open({ name, microphone, flags = [] }: PersonOptions): Promise<Person> {
    const executablePath = BROWSERS.find((path) => path !== '' && existsSync(path))
    if (!executablePath) throw new Error('no Chromium found; set CHROMIUM to its path')
    const browser = await chromium.launchServer({
      executablePath,
      args: [...FLAGS, ...flags, `--use-file-for-fake-audio-capture=${microphone}`],
    })
    const connected = await chromium.connect(browser.wsEndpoint())
    const page = await connected.newPage({ viewport: { width: 1280, height: 800 } })
    page.setDefaultTimeout(PATIENCE_MS)
    await page.addInitScript(installInstruments)
    return new Person(name, browser, page)
  }

  /** Opens the lobby, fills it in and presses Join. Does not wait for the call. */
  async pressJoin(url: string, room: string): Promise<void> {
    await this.page.goto(`${url}/?room=${encodeURIComponent(room)}`)
    await this.page.getByLabel('Your name').fill(this.name)
    await this.page.getByRole('button', { name: 'Join', exact: true }).click()
  }

  async join(url: string, room: string): Promise<void> {
    await this.pressJoin(url, room)
    await this.page.getByRole('button', { name: 'Leave', exact: true }).waitFor()
  }

  /** Waits until this person's page plays video frames of `count` others. */
  async seesOthers(count: number): Promise<void> {
    await this.page.waitForFunction(
      (wanted) =>
        [...document.querySelectorAll('video')].filter(
          (video) => !video.closest('[data-self="true"]') && video.getVideoPlaybackQuality().totalVideoFrames > 5,
        ).length >= wanted,
      count,
    )
  }

  async turnCaptions(state: 'on' | 'off'): Promise<void> {
    const pressed = state === 'on'
    const button = (isPressed: boolean) =>
      this.page.getByRole('button', { name: 'Captions', exact: true, pressed: isPressed })
    if (await button(!pressed).isVisible()) await button(!pressed).click()
    await button(pressed).waitFor()
  }

  /** Starts recording what this page plays; waits for at least one track. */
  async listen(): Promise<void> {
    await this.page.waitForFunction(() => window.instruments.listen().then((found) => found > 0))
  }

  heard(): Promise<readonly HeardLevel[]> {
    return this.page.evaluate(() => window.instruments.heard)
  }

  /** Waits until something louder than `rms` of full scale comes out of an element that really plays. */
  async hears(rms: number): Promise<void> {
    await this.page.waitForFunction(
      (least) =>
        [...document.querySelectorAll('audio')].some(({ paused, muted, volume }) => !paused && !muted && volume > 0) &&
        window.instruments.heard.some((level) => level.rms > least),
      rms,
    )
  }

  /** The pixels that the first other's video shows now, as text. */
  pictureOfOthers(): Promise<string> {
    return this.page.evaluate(() => {
      const video = document.querySelector<HTMLVideoElement>('li:not([data-self]) video')
      const canvas = new OffscreenCanvas(64, 36)
      const context = canvas.getContext('2d')
      if (!video || !context) throw new Error('there is no picture of others')
      context.drawImage(video, 0, 0, canvas.width, canvas.height)
      return context.getImageData(0, 0, canvas.width, canvas.height).data.join(' ')
    })
  }

  /** The same after that many more frames were decoded. */
  async pictureAfterFrames(count: number): Promise<string> {
    await this.page.evaluate(
      (frames) =>
        new Promise<void>((resolve) => {
          const video = document.querySelector<HTMLVideoElement>('li:not([data-self]) video')
          const next = (left: number) => {
            if (left === 0) resolve()
            else video?.requestVideoFrameCallback(() => next(left - 1))
          }
          next(frames)
        }),
      count,
    )
    return this.pictureOfOthers()
  }

  captions(): Promise<readonly SeenCaption[]> {
    return this.page.evaluate(() => window.instruments.captions)
  }

  /** Waits until this page has shown that many finals. */
  async readsFinals(count: number, patienceMs = PATIENCE_MS): Promise<readonly SeenCaption[]> {
    await this.page.waitForFunction(
      (wanted) =>
        new Set(window.instruments.captions.filter(({ final }) => final).map(({ segmentId }) => segmentId)).size >=
        wanted,
      count,
      { timeout: patienceMs },
    )
    return this.captions()
  }

  async leave(): Promise<void> {
    await this.page.getByRole('button', { name: 'Leave', exact: true }).click()
  }

  /** Joins, and answers how many signalling messages went either way before another's video was seen. */
  async countMessagesUntilSeeing(url: string, room: string): Promise<number> {
    let count = 0
    this.#onMessage(() => {
      count += 1
    })
    await this.join(url, room)
    await this.seesOthers(1)
    return count
  }

  /** Starts to join, and is killed at the moment when `messages` signalling messages have gone either way. */
  async killedAfterMessages(url: string, room: string, messages: number): Promise<void> {
    const { promise: enough, resolve } = Promise.withResolvers<void>()
    let count = 0
    const check = () => {
      if (count >= messages) resolve()
    }
    this.page.on('websocket', check)
    this.#onMessage(() => {
      count += 1
      check()
    })
    await this.pressJoin(url, room)
    await enough
    await this.kill()
  }

  /** Ends the browser as a crash would: no page gets a chance to say goodbye. */
  async kill(): Promise<void> {
    await this.#browser.kill()
  }

  async close(): Promise<void> {
    await this.#browser.close()
  }

  #onMessage(listener: () => void): void {
    this.page.on('websocket', (socket) => {
      socket.on('framesent', listener)
      socket.on('framereceived', listener)
    })
  }
}
