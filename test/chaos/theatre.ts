import { CHAOS_PAGE_FOLDER, SPEECH_URL } from './clients/build-chaos-page.ts'
import { ChaosBrowser } from './clients/chaos-browser.ts'
import { ChaosClient } from './clients/chaos-client.ts'
import { joinPlans } from './clients/join-plans.ts'
import { type Fleet, startFleet } from './fleet/fleet.ts'
import type { Network } from './network/network.ts'

const NODES = 3
const BROWSERS = 2
const ROOMS = ['red', 'green', 'blue'] as const

export type TheatreOptions = {
  readonly network: Network
  readonly clients: number
  /** Of this theatre alone; it removes it. */
  readonly folder: string
  readonly onLine: (process: string, line: string) => void
  readonly onDeath: (what: string) => void
}

/** A whole service with calls going on. */
export type Theatre = { readonly fleet: Fleet; readonly clients: readonly ChaosClient[] }

/** Starts a service and has everybody join, one after the other. All of it ends with `owner`. */
export async function openTheatre(options: TheatreOptions, owner: AsyncDisposableStack): Promise<Theatre> {
  const { network, folder, onLine } = options
  const fleet = await startFleet(
    {
      network,
      nodes: NODES,
      folder,
      pageFolder: CHAOS_PAGE_FOLDER,
      onLine,
      onDeath: (name, how, lastLines) => options.onDeath([`${name} ended ${how}`, ...lastLines.slice(-3)].join('\n  ')),
    },
    owner,
  )
  const browsers = await Promise.all(
    Array.from({ length: BROWSERS }, async (_, index) => {
      const name = `browser-${index + 1}`
      const browser = await ChaosBrowser.open({ name, place: await network.place(name), url: fleet.url, folder })
      owner.defer(() => browser.close())
      return browser
    }),
  )
  const clients: ChaosClient[] = []
  for (const { browser: index, ...plan } of joinPlans({
    clients: options.clients,
    rooms: ROOMS,
    speechUrl: SPEECH_URL,
  })) {
    const browser = browsers[index]
    if (browser === undefined) throw new Error('there are not so many browsers')
    const client = await ChaosClient.open(browser, plan)
    await client.join()
    clients.push(client)
  }
  return { fleet, clients }
}
