import { CHAOS_PAGE_FOLDER, SPEECH_URL } from './clients/build-chaos-page.ts'
import { ChaosBrowser } from './clients/chaos-browser.ts'
import type { ChaosClient } from './clients/chaos-client.ts'
import { joinPlans } from './clients/join-plans.ts'
import { LightClient, LightCrew } from './clients/light/light-crew.ts'
import { PageClient } from './clients/page-client.ts'
import { type Fleet, startFleet } from './fleet/fleet.ts'
import { HeadRoom } from './head-room/head-room.ts'
import type { Network } from './network/network.ts'

const NODES = 3
const PLACES = 2
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
export type Theatre = {
  readonly fleet: Fleet
  readonly clients: readonly ChaosClient[]
  readonly headRoom: HeadRoom
}

/** Starts a service and has everybody join, one after the other. All of it ends with `owner`. */
export async function openTheatre(options: TheatreOptions, owner: AsyncDisposableStack): Promise<Theatre> {
  const { network, folder, onLine } = options
  const onDeath = (name: string, how: string, lastLines: readonly string[]) =>
    options.onDeath([`${name} ended ${how}`, ...lastLines.slice(-3)].join('\n  '))
  const fleet = await startFleet(
    { network, nodes: NODES, folder, pageFolder: CHAOS_PAGE_FOLDER, onLine, onDeath },
    owner,
  )
  const sites = await Promise.all(
    Array.from({ length: PLACES }, (_, index) =>
      openSite(`clients-${index + 1}`, { ...options, fleet, onDeath }, owner),
    ),
  )
  const clients: ChaosClient[] = []
  for (const { place, inBrowser, ...plan } of joinPlans({
    clients: options.clients,
    rooms: ROOMS,
    speechUrl: SPEECH_URL,
  })) {
    const site = sites[place]
    if (site === undefined) throw new Error('there are not so many places')
    const client = inBrowser ? await PageClient.open(site.browser, plan) : new LightClient(site.crew, plan)
    await client.join()
    clients.push(client)
  }
  const headRoom = new HeadRoom(fleet)
  owner.defer(() => headRoom.close())
  return { fleet, clients, headRoom }
}

type SiteOptions = Pick<TheatreOptions, 'network' | 'folder' | 'onLine'> & {
  readonly fleet: Fleet
  readonly onDeath: (name: string, how: string, lastLines: readonly string[]) => void
}

/** A place of clients: a browser, and a process for those without one. */
async function openSite(name: string, options: SiteOptions, owner: AsyncDisposableStack) {
  const { network, folder, onLine, onDeath } = options
  const { url } = options.fleet
  const place = await network.place(name)
  const crew = new LightCrew({ name, place, url, folder, onDeath, onLine: (line) => onLine(name, line) })
  owner.defer(() => crew.close())
  await crew.start()
  const browser = await ChaosBrowser.open({ name, place, url, folder })
  owner.defer(() => browser.close())
  return { crew, browser }
}
