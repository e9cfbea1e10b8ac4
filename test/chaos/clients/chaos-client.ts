import type { Page, WebSocket } from 'playwright-core'
import type { ChaosBrowser } from './chaos-browser.ts'
import type { ClientView, Inbound, JoinPlan } from './page/chaos-page.ts'

const JOIN_DEADLINE_MS = 30_000

/** One participant: a page with the real SDK in a real browser. */
export class ChaosClient {
  readonly plan: JoinPlan
  readonly browser: ChaosBrowser
  readonly #page: Page
  readonly #sockets = new Set<WebSocket>()
  readonly #complaints: string[] = []
  #participantId = ''

  static async open(browser: ChaosBrowser, plan: JoinPlan): Promise<ChaosClient> {
    return new ChaosClient(browser, plan, await browser.page())
  }

  private constructor(browser: ChaosBrowser, plan: JoinPlan, page: Page) {
    this.plan = plan
    this.browser = browser
    this.#page = page
    page.setDefaultTimeout(JOIN_DEADLINE_MS)
    page.on('websocket', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    page.on('pageerror', (error) => this.#complaints.push(error.message))
  }

  get name(): string {
    return this.plan.name
  }

  /** Who it was when it joined; it stays the same one until it is told to join again. */
  get participantId(): string {
    return this.#participantId
  }

  /**
   * The media nodes to which it has signalling connections, as `address:port`. One whose way is gone stays half open for a
   * while; what the media nodes count tells whether there are too many.
   */
  get hosts(): readonly string[] {
    return [...new Set([...this.#sockets].map((socket) => new URL(socket.url()).host))]
  }

  /** Errors in its page that nobody caught, each told once. */
  takeComplaints(): readonly string[] {
    return this.#complaints.splice(0)
  }

  /** Joins, or joins anew as somebody else. */
  async join(): Promise<void> {
    await this.#page.evaluate((plan) => window.chaos.join(plan), this.plan)
    this.#participantId = (await this.view()).participantId
  }

  view(): Promise<ClientView> {
    return this.#page.evaluate(() => window.chaos.view())
  }

  inbound(): Promise<readonly Inbound[]> {
    return this.#page.evaluate(() => window.chaos.inbound())
  }

  forgetGaps(): Promise<void> {
    return this.#page.evaluate(() => window.chaos.forgetGaps())
  }
}
