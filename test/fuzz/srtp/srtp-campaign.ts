import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Campaign, CampaignOptions, CampaignReport } from '../campaign.ts'
import { FuzzedNode, type NodeFigures } from './fuzzed-node.ts'
import { HostileParticipant, type HostileTally } from './hostile-participant.ts'
import { WitnessPair, type WitnessTally } from './witness-pair.ts'

/** Hostile participants at once, of which every third one sends by UDP. */
const HOSTILE = 6
/** Packets of one before another one takes its place, with other parameters. */
const LIFE = 10_000
/** Participants of one room, where each one's place stays taken for a while; a room in which a worker died may be closed for good, and another one takes its place too. */
const ROOM_LIFE = 30
/** With so many workers dead there is enough to look at. */
const MOST_DEATHS = 5
/** Between two packets of those who look on. */
const WITNESS_PAUSE_MS = 50
/** Before somebody whose connection broke comes again. */
const BROKEN_PAUSE_MS = 200
/** With a larger share of their connections broken, hostile participants hardly get to send anything. */
const MOST_BROKEN = 0.1
const PROGRESS_EVERY_MS = 10_000
const MIB = 1_048_576
/** More than this on top of what there was is a leak; less is the allocator's. */
const MOST_GROWTH = { heapBytes: 50 * MIB, workerBytes: 200 * MIB } as const

export const srtpCampaign: Campaign = {
  name: 'srtp',
  about: 'RTP, RTCP, STUN and DTLS to a media worker, encrypted as they should be and otherwise as they like',
  run: async (options) => {
    const attack = await Attack.start(options)
    try {
      return await attack.run()
    } finally {
      await attack.close()
    }
  },
}

type Watched = { readonly name: string; readonly roomId: () => string; readonly tally: WitnessTally }

class Attack {
  readonly #options: CampaignOptions
  readonly #node: FuzzedNode
  readonly #endsAt: number
  readonly #tally: HostileTally = { packets: {}, announced: 0, refused: 0 }
  readonly #problems: string[] = []
  readonly #hostile = new Set<HostileParticipant>()
  readonly #known: number[] = []
  #packets = 0
  #participants = 0
  #broken = 0

  static async start(options: CampaignOptions): Promise<Attack> {
    return new Attack(options, await FuzzedNode.start())
  }

  private constructor(options: CampaignOptions, node: FuzzedNode) {
    this.#options = options
    this.#node = node
    this.#endsAt = Date.now() + options.forMs
    node.onWorkerDied(() => this.#workerDied())
  }

  async run(): Promise<CampaignReport> {
    const before = await this.#node.figures()
    const watched: Watched[] = [
      { name: 'in the same room', roomId: () => this.#room, tally: { sent: 0, received: 0 } },
      { name: 'in another room', roomId: () => 'quiet', tally: { sent: 0, received: 0 } },
    ]
    const attackers = Array.from({ length: HOSTILE }, (_, place) => this.#keepAttacking(place))
    const work = Promise.all([...attackers, ...watched.map((pair) => this.#keepWatching(pair))])
    const showing = setInterval(() => this.#options.progress(`${this.#packets} packets`), PROGRESS_EVERY_MS)
    await work.finally(() => clearInterval(showing))
    const after = this.#node.alive ? await this.#node.figures() : undefined
    if (after === undefined) this.#problems.push('the media node died')
    else this.#compareMemory(before, after)
    for (const { name, tally } of watched) this.#compareTally(name, tally)
    if (this.#broken > this.#participants * MOST_BROKEN) this.#problems.push(`${this.#broken} connections broke`)
    return {
      sent: this.#tally.packets,
      figures: this.#figures(before, after ?? before, watched),
      problems: this.#problems,
    }
  }

  close(): Promise<void> {
    return this.#node.close()
  }

  get #over(): boolean {
    const { most = Number.POSITIVE_INFINITY } = this.#options
    const enough = this.#packets >= most || Date.now() >= this.#endsAt
    return enough || this.#node.deaths >= MOST_DEATHS || !this.#node.alive
  }

  get #room(): string {
    return `hostile-${this.#node.deaths}-${Math.floor(this.#participants / ROOM_LIFE)}`
  }

  async #keepAttacking(place: number): Promise<void> {
    const broken = () => {
      this.#broken += 1
    }
    while (!this.#over) await this.#unlessBroken(() => this.#attackOnce(place), broken)
  }

  /** One participant, from joining to leaving. */
  async #attackOnce(place: number): Promise<void> {
    const seed = this.#options.seed + 7_919 * this.#participants
    this.#participants += 1
    const joined = await this.#node.join(this.#room)
    try {
      const participant = await HostileParticipant.enter({
        joined,
        protocol: place % 3 === 0 ? 'udp' : 'tcp',
        seed,
        known: this.#known,
        tally: this.#tally,
      })
      this.#hostile.add(participant)
      try {
        for (let sent = 0; sent < LIFE && !this.#over; ) {
          const batch = await participant.attack()
          sent += batch
          this.#packets += batch
        }
      } finally {
        this.#hostile.delete(participant)
        participant.close()
      }
    } finally {
      joined.client.socket.terminate()
    }
  }

  async #keepWatching(watched: Watched): Promise<void> {
    const broken = (error: unknown) => this.#problems.push(`the pair ${watched.name} was cut off: ${error}`)
    while (!this.#over) await this.#unlessBroken(() => this.#watchOnce(watched), broken)
  }

  /** One pair, for as long as the room is in use. */
  async #watchOnce({ roomId, tally }: Watched): Promise<void> {
    const room = roomId()
    const pair = await WitnessPair.join(this.#node, room, tally)
    try {
      while (!this.#over && roomId() === room) {
        await pair.speak()
        await setTimeout(WITNESS_PAUSE_MS)
      }
    } finally {
      pair.close()
    }
  }

  /**
   * Whose connection breaks comes again: when a worker dies, all break, and new ones are refused until there is another.
   * Otherwise a hostile participant's may break, since a worker may refuse to go on with them.
   */
  async #unlessBroken(work: () => Promise<void>, broken: (error: unknown) => void): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (this.#node.alive && this.#node.deaths === 0) broken(error)
      await setTimeout(BROKEN_PAUSE_MS)
    }
  }

  #workerDied(): void {
    const recent = [...this.#hostile].flatMap((participant, index) =>
      participant.recent.map(({ kind, by, bytes }) => ({ participant: index, kind, by, bytes: bytes.toString('hex') })),
    )
    const file = join(mkdtempSync(join(tmpdir(), 'fuzz-srtp-')), 'last-packets.jsonl')
    writeFileSync(file, recent.map((packet) => `${JSON.stringify(packet)}\n`).join(''))
    const kinds = [...this.#hostile].map(({ recent }) => recent.at(-1)?.kind)
    const about = `seed ${this.#options.seed}, after ${this.#packets} packets, the last ones were ${kinds.join(', ')}`
    this.#problems.push(`a media worker died (${about}; ${file} has them)`)
  }

  #compareMemory(before: NodeFigures, after: NodeFigures): void {
    // Not the resident memory, of which V8 keeps what garbage has left free.
    const heap = after.heapBytes - before.heapBytes
    if (heap > MOST_GROWTH.heapBytes) this.#problems.push(`the heap of the media node grew by ${mebibytes(heap)}`)
    const workers = after.workerBytes - before.workerBytes
    if (workers > MOST_GROWTH.workerBytes) this.#problems.push(`the media worker grew by ${mebibytes(workers)}`)
  }

  #compareTally(name: string, { sent, received }: WitnessTally): void {
    if (sent === 0) this.#problems.push(`the pair ${name} could not speak`)
    if (received < sent && this.#node.deaths === 0) {
      this.#problems.push(`the pair ${name} lost ${sent - received} of ${sent} packets`)
    }
  }

  #figures(before: NodeFigures, after: NodeFigures, watched: readonly Watched[]): Readonly<Record<string, string>> {
    const pairs = watched.map(({ name, tally }) => [`heard ${name}`, `${tally.received} of ${tally.sent} packets`])
    return {
      'hostile participants': String(this.#participants),
      'announcements refused': `${this.#tally.refused} of ${this.#tally.announced}`,
      'their connections that broke': String(this.#broken),
      'media workers that died': String(this.#node.deaths),
      'main thread held, p99': `${after.heldMs.toFixed(1)} ms`,
      'main thread held, longest': `${after.longestHeldMs.toFixed(1)} ms`,
      'main thread busy': `${(after.busy * 100).toFixed(0)} %`,
      'heap of the media node': `${mebibytes(before.heapBytes)} → ${mebibytes(after.heapBytes)}`,
      'memory of the media node': `${mebibytes(before.nodeBytes)} → ${mebibytes(after.nodeBytes)}`,
      'memory of the media worker': `${mebibytes(before.workerBytes)} → ${mebibytes(after.workerBytes)}`,
      ...Object.fromEntries(pairs),
    }
  }
}

function mebibytes(bytes: number): string {
  return `${(bytes / MIB).toFixed(0)} MiB`
}
