import type { Page, WebSocket } from 'playwright-core'
import type { Place } from '../network/network.ts'
import type { ChaosBrowser } from './chaos-browser.ts'
import type { ChaosClient } from './chaos-client.ts'
import type { ClientView, Inbound, JoinPlan } from './participant/chaos-participant.ts'

const JOIN_DEADLINE_MS = 30_000

/** One participant: a page with the real SDK in a real browser. */
export class PageClient implements ChaosClient {
  readonly plan: JoinPlan
  readonly place: Place
  readonly #page: Page
  readonly #sockets = new Set<WebSocket>()
  readonly #complaints: string[] = []
  #participantId = ''

  static async open(browser: ChaosBrowser, plan: JoinPlan): Promise<PageClient> {
    return new PageClient(browser.place, plan, await browser.page())
  }

  private constructor(place: Place, plan: JoinPlan, page: Page) {
    this.plan = plan
    this.place = place
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

  get participantId(): string {
    return this.#participantId
  }

  get hosts(): readonly string[] {
    return [...new Set([...this.#sockets].map((socket) => new URL(socket.url()).host))]
  }

  takeComplaints(): readonly string[] {
    return this.#complaints.splice(0)
  }

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
