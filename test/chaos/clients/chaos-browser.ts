import { existsSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { Place } from '../network/network.ts'

const BROWSERS = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser']
const LAUNCH_DEADLINE_MS = 60_000
const CLOSE_DEADLINE_MS = 5_000

const FLAGS = [
  '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--disable-gpu',
  '--no-sandbox',
  '--no-first-run',
]

type BrowserOptions = {
  readonly name: string
  readonly place: Place
  /** Where the page comes from: trusted though it comes without TLS. */
  readonly url: string
  readonly folder: string
}

/** A browser process at a place of the network, with a page for each of its clients. */
export class ChaosBrowser {
  readonly place: Place
  readonly #browser: Browser
  readonly #url: string

  static async open({ name, place, url, folder }: BrowserOptions): Promise<ChaosBrowser> {
    const program = BROWSERS.find((path) => path !== '' && existsSync(path))
    if (program === undefined) throw new Error('no Chromium found; set CHROMIUM to its path')
    const executablePath = join(folder, `${name}.sh`)
    await writeFile(executablePath, `#!/bin/sh\nexec ${place.command([program]).join(' ')} "$@"\n`)
    await chmod(executablePath, 0o700)
    const browser = await chromium.launch({
      executablePath,
      args: [...FLAGS, `--unsafely-treat-insecure-origin-as-secure=${url}`],
      timeout: LAUNCH_DEADLINE_MS,
      // Ending is this program's own business, in its own order.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    })
    return new ChaosBrowser(place, browser, url)
  }

  private constructor(place: Place, browser: Browser, url: string) {
    this.place = place
    this.#browser = browser
    this.#url = url
  }

  /** A page that has loaded, in a profile of its own. */
  async page(): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: { width: 320, height: 240 } })
    const page = await context.newPage()
    await page.goto(this.#url)
    await page.waitForFunction(() => 'chaos' in window)
    return page
  }

  async close(): Promise<void> {
    const late = new Promise((resolve) => setTimeout(resolve, CLOSE_DEADLINE_MS).unref())
    await Promise.race([this.#browser.close(), late])
  }
}
