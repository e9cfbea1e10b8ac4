import type { Page } from 'playwright-core'

declare global {
  interface Window {
    /** What happened to the call, in order, as `reconnected resumed`. */
    happenings: string[]
  }
}

/** Keeps what happens to a page's call from now on. */
export async function watchCall(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.happenings = []
    window.jbcalling?.call.on((event) => {
      window.happenings.push(event.type === 'reconnected' ? `${event.type} ${event.how}` : event.type)
    })
  })
}

export function happeningsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => window.happenings)
}

/** Waits until this has happened. */
export async function untilHappened(page: Page, what: string): Promise<void> {
  await page.waitForFunction((wanted) => window.happenings.includes(wanted), what)
}

export type SeenCall = {
  readonly participantId: string
  readonly others: readonly string[]
  readonly consumers: readonly string[]
  readonly published: readonly string[]
  readonly captions: boolean
  readonly lines: readonly string[]
}

/** What the page's call is made of now. */
export function callOf(page: Page): Promise<SeenCall> {
  return page.evaluate(() => {
    const state = window.jbcalling?.call.state
    if (!state) throw new Error('there is no call')
    return {
      participantId: state.participantId,
      others: state.participants.map(({ participantId }) => participantId),
      consumers: state.participants.flatMap(({ tracks }) => tracks.map(({ consumerId }) => consumerId)),
      published: Object.keys(state.published),
      captions: state.captions.enabled,
      lines: state.captions.transcript.lines.map(({ segmentId }) => segmentId),
    }
  })
}
