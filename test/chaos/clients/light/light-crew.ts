import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Command } from '../../../../dev/child.ts'
import { Restartable, type RestartableOptions } from '../../fleet/restartable.ts'
import { waitUntilListening } from '../../fleet/wait-until-listening.ts'
import type { Place } from '../../network/network.ts'
import type { ChaosClient } from '../chaos-client.ts'
import type { ClientView, Inbound, JoinPlan } from '../participant/chaos-participant.ts'

const PROGRAM = join(import.meta.dirname, 'light-process.ts')
const ANSWER_DEADLINE_MS = 30_000

type CrewOptions = Pick<RestartableOptions, 'name' | 'onLine' | 'onDeath'> & {
  readonly place: Place
  /** The control plane, as it is reached from there. */
  readonly url: string
  readonly folder: string
}

/** The participants without a browser that are at one place: all in one process. */
export class LightCrew {
  readonly place: Place
  readonly #socketPath: string
  readonly #process: Restartable

  constructor({ place, url, folder, ...options }: CrewOptions) {
    this.place = place
    this.#socketPath = join(folder, `${options.name}.socket`)
    const command: Command = [process.execPath, PROGRAM, url, this.#socketPath]
    this.#process = new Restartable({
      ...options,
      command: place.command(command),
      env: process.env,
      ready: (child) => waitUntilListening(child, () => this.order('nobody', 'ready')),
    })
  }

  start(): Promise<void> {
    return this.#process.start()
  }

  close(): Promise<void> {
    return this.#process.destroy()
  }

  /** @throws Error with what the participant says when it cannot do as it is told */
  async order(participant: string, order: string, body?: object): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const asked = request({
      socketPath: this.#socketPath,
      path: `/${participant}/${order}`,
      method: 'POST',
      signal: AbortSignal.timeout(ANSWER_DEADLINE_MS),
    })
    asked.once('error', reject)
    asked.once('response', (answer) => {
      text(answer).then((said) => {
        if (answer.statusCode === 200) resolve(said)
        else reject(new Error(`${participant} could not ${order}: ${said}`))
      }, reject)
    })
    asked.end(body && JSON.stringify(body))
    return promise
  }
}

/** One participant of a crew. */
export class LightClient implements ChaosClient {
  readonly plan: JoinPlan
  readonly #crew: LightCrew
  #participantId = ''
  #hosts: readonly string[] = []

  constructor(crew: LightCrew, plan: JoinPlan) {
    this.#crew = crew
    this.plan = plan
  }

  get name(): string {
    return this.plan.name
  }

  get place(): Place {
    return this.#crew.place
  }

  get participantId(): string {
    return this.#participantId
  }

  get hosts(): readonly string[] {
    return this.#hosts
  }

  /** An error that nobody catches ends the whole process, of which the stage hears. */
  takeComplaints(): readonly string[] {
    return []
  }

  async join(): Promise<void> {
    await this.#crew.order(this.name, 'join', this.plan)
    this.#participantId = (await this.view()).participantId
  }

  async view(): Promise<ClientView> {
    const seen: { view: ClientView; hosts: string[] } = JSON.parse(await this.#crew.order(this.name, 'view'))
    this.#hosts = seen.hosts
    return seen.view
  }

  async inbound(): Promise<readonly Inbound[]> {
    return JSON.parse(await this.#crew.order(this.name, 'inbound'))
  }

  async forgetGaps(): Promise<void> {
    await this.#crew.order(this.name, 'forget')
  }
}
