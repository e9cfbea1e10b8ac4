import type { Source } from '../../shared/protocol/messages.ts'
import { Store } from '../sdk/store.ts'

const sources: readonly Source[] = ['microphone', 'camera']

export type CaptureProblem = 'refused' | 'missing' | 'busy' | 'insecure' | 'failed'

export type Capture =
  | { readonly status: 'off' }
  | { readonly status: 'starting' }
  | {
      readonly status: 'on'
      readonly track: MediaStreamTrack
      readonly muted: boolean
      /** Why the device that was chosen last did not open, in whose place this one goes on. */
      readonly choiceProblem?: CaptureProblem
    }
  | { readonly status: 'unavailable'; readonly problem: CaptureProblem }

export type LocalMediaState = Readonly<Record<Source, Capture>> & { readonly devices: readonly MediaDeviceInfo[] }

/**
 * This person's microphone and camera; it owns their tracks. What is `on` here is what the person wants others to get.
 * The camera is really off when it is off; the microphone is only muted, so that it comes back without delay.
 */
export class LocalMedia {
  readonly #state = new Store<LocalMediaState>({
    microphone: { status: 'off' },
    camera: { status: 'off' },
    devices: [],
  })
  readonly #chosen = new Map<Source, string>()
  /** The devices that opened last. */
  readonly #proven = new Map<Source, string>()
  /** Counts requests per source, so that a track which comes after a newer wish is stopped at once. */
  readonly #attempts: Record<Source, number> = { microphone: 0, camera: 0 }
  /** Settles when nothing of a source is being opened, for two devices at once may be one too many. */
  readonly #opened: Record<Source, Promise<void>> = { microphone: Promise.resolve(), camera: Promise.resolve() }
  #muted = false
  #toStart = sources

  constructor(chosen: { readonly [S in Source]?: string }) {
    if (chosen.microphone) this.#chosen.set('microphone', chosen.microphone)
    if (chosen.camera) this.#chosen.set('camera', chosen.camera)
    navigator.mediaDevices?.addEventListener('devicechange', () => this.#listDevices())
  }

  get state(): LocalMediaState {
    return this.#state.get()
  }

  readonly get = (): LocalMediaState => this.#state.get()
  readonly subscribe = (listener: () => void): (() => void) => this.#state.subscribe(listener)

  /** The tracks to send now. */
  get tracks(): { readonly [S in Source]?: MediaStreamTrack } {
    const { microphone, camera } = this.state
    return {
      ...(microphone.status === 'on' && { microphone: microphone.track }),
      ...(camera.status === 'on' && { camera: camera.track }),
    }
  }

  /**
   * The first time, asks for both in one question and takes one where only one can be had. After `stop()`, takes up
   * what was let go of, and nothing that was off before.
   */
  async start(): Promise<void> {
    if (this.#toStart.length === sources.length) await this.#startBoth()
    else await Promise.all(this.#toStart.map((source) => this.turnOn(source)))
  }

  async #startBoth(): Promise<void> {
    const microphone = this.#begin('microphone')
    const camera = this.#begin('camera')
    try {
      const stream = await capture({
        audio: this.#constraints('microphone', 'ideal'),
        video: this.#constraints('camera', 'ideal'),
      })
      this.#arrived('microphone', microphone, stream.getAudioTracks())
      this.#arrived('camera', camera, stream.getVideoTracks())
    } catch (error) {
      const problem = captureProblem(error)
      await Promise.all([this.#startAlone('microphone', problem), this.#startAlone('camera', problem)])
    }
    await this.#listDevices()
  }

  turnOn(source: Source): Promise<void> {
    const attempt = this.#begin(source)
    this.#opened[source] = this.#opened[source].then(() => this.#open(source, attempt))
    return this.#opened[source]
  }

  turnOff(source: Source): void {
    this.#attempts[source]++
    this.#set(source, { status: 'off' })
  }

  /** Lasts until changed, over every change of device. */
  setMuted(muted: boolean): void {
    this.#muted = muted
    const { microphone } = this.state
    if (microphone.status !== 'on') return
    microphone.track.enabled = !muted
    this.#set('microphone', { ...microphone, muted })
  }

  /**
   * Uses another device from now on; one that is off stays off.
   *
   * @returns the device that is used: the one before, where the chosen one did not open
   */
  async choose(source: Source, deviceId: string): Promise<string> {
    this.#chosen.set(source, deviceId)
    const { status } = this.state[source]
    if (status !== 'off') await this.turnOn(source)
    return this.#chosen.get(source) ?? deviceId
  }

  /** Lets go of both devices. */
  stop(): void {
    this.#toStart = sources.filter((source) => this.state[source].status !== 'off')
    for (const source of sources) this.turnOff(source)
  }

  async #startAlone(source: Source, problem: CaptureProblem): Promise<void> {
    // Asking again for what was refused would nag.
    const worthTrying = problem === 'refused' ? await wasNotRefused(source) : problem !== 'insecure'
    if (worthTrying) await this.turnOn(source)
    else this.#set(source, { status: 'unavailable', problem })
  }

  async #open(source: Source, attempt: number): Promise<void> {
    if (attempt !== this.#attempts[source]) return
    try {
      this.#arrived(source, attempt, await this.#captureAlone(source, attempt))
    } catch (error) {
      await this.#goBack(source, attempt, captureProblem(error))
    }
    await this.#listDevices()
  }

  /** Firefox and Android open one device of a kind at a time, so the present one is closed where the next is said to be busy. */
  async #captureAlone(source: Source, attempt: number): Promise<readonly MediaStreamTrack[]> {
    try {
      return await this.#captureOne(source)
    } catch (error) {
      const isOpen = this.state[source].status === 'on' && attempt === this.#attempts[source]
      if (!isOpen || captureProblem(error) !== 'busy') throw error
      this.#set(source, { status: 'starting' })
      return await this.#captureOne(source)
    }
  }

  /** The chosen device did not open: the one before goes on, or is opened again. */
  async #goBack(source: Source, attempt: number, problem: CaptureProblem): Promise<void> {
    if (attempt !== this.#attempts[source]) return
    const present = this.state[source]
    const proven = this.#proven.get(source)
    const isAnother = proven !== undefined && proven !== this.#chosen.get(source)
    if (isAnother) this.#chosen.set(source, proven)
    // One that is not there any more leaves the choice to the browser.
    const isOpenToAny = !isAnother && problem === 'missing' && this.#chosen.delete(source)
    if (present.status === 'on') this.#set(source, { ...present, choiceProblem: problem })
    else if (!isAnother && !isOpenToAny) this.#set(source, { status: 'unavailable', problem })
    else await this.#openAgain(source, attempt, problem)
  }

  async #openAgain(source: Source, attempt: number, choiceProblem: CaptureProblem): Promise<void> {
    try {
      this.#arrived(source, attempt, await this.#captureOne(source))
      const present = this.state[source]
      if (attempt === this.#attempts[source] && present.status === 'on')
        this.#set(source, { ...present, choiceProblem })
    } catch (error) {
      if (attempt === this.#attempts[source]) {
        this.#set(source, { status: 'unavailable', problem: captureProblem(error) })
      }
    }
  }

  async #captureOne(source: Source): Promise<readonly MediaStreamTrack[]> {
    const constraints = this.#constraints(source, 'exact')
    const stream = await capture(source === 'microphone' ? { audio: constraints } : { video: constraints })
    return stream.getTracks()
  }

  #begin(source: Source): number {
    const before = this.state[source]
    if (before.status !== 'on') this.#set(source, { status: 'starting' })
    return ++this.#attempts[source]
  }

  #arrived(source: Source, attempt: number, tracks: readonly MediaStreamTrack[]): void {
    const [track] = tracks
    if (attempt !== this.#attempts[source]) {
      for (const late of tracks) late.stop()
      return
    }
    if (!track) {
      // Asked for both, a browser may leave out the one that the site's policy forbids.
      this.#set(source, { status: 'unavailable', problem: 'refused' })
      return
    }
    const { deviceId } = track.getSettings()
    if (deviceId !== undefined) this.#proven.set(source, deviceId)
    const muted = source === 'microphone' && this.#muted
    track.enabled = !muted
    track.addEventListener('ended', () => this.#lost(source, track), { once: true })
    this.#set(source, { status: 'on', track, muted })
  }

  /** The device was pulled out, or its permission withdrawn. */
  #lost(source: Source, track: MediaStreamTrack): void {
    const present = this.state[source]
    if (present.status === 'on' && present.track === track) {
      this.#set(source, { status: 'unavailable', problem: 'missing' })
    }
  }

  #set(source: Source, capture: Capture): void {
    const before = this.state[source]
    const keeps = before.status === 'on' && capture.status === 'on' && before.track === capture.track
    if (before.status === 'on' && !keeps) before.track.stop()
    this.#state.set({ ...this.state, [source]: capture })
  }

  async #listDevices(): Promise<void> {
    const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? []
    // Before permission is given, devices have neither id nor name.
    this.#state.set({ ...this.state, devices: devices.filter(({ deviceId }) => deviceId !== '') })
  }

  /** Where the device is only an ideal, a browser may take another one whose pictures suit better. */
  #constraints(source: Source, strength: 'ideal' | 'exact'): MediaTrackConstraints {
    const deviceId = this.#chosen.get(source)
    return { ...idealConstraints[source], ...(deviceId && { deviceId: { [strength]: deviceId } }) }
  }
}

const idealConstraints: Readonly<Record<Source, MediaTrackConstraints>> = {
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
}

async function capture(constraints: MediaStreamConstraints): Promise<MediaStream> {
  // Browsers hide the whole interface from pages that did not come over HTTPS.
  if (!navigator.mediaDevices) throw new DOMException('This page is not secure.', 'SecurityError')
  return navigator.mediaDevices.getUserMedia(constraints)
}

function captureProblem(error: unknown): CaptureProblem {
  const name = error instanceof Error || error instanceof DOMException ? error.name : ''
  return problemOfName.get(name) ?? 'failed'
}

/** W3C Media Capture and Streams, §10.3 "getUserMedia". */
const problemOfName: ReadonlyMap<string, CaptureProblem> = new Map([
  ['NotAllowedError', 'refused'],
  ['NotFoundError', 'missing'],
  ['OverconstrainedError', 'missing'],
  ['NotReadableError', 'busy'],
  ['AbortError', 'busy'],
  ['SecurityError', 'insecure'],
])

/** Whether a refusal of both was not about this one: it is allowed, or only the other one is forbidden. */
async function wasNotRefused(source: Source): Promise<boolean> {
  const [own, other] = await Promise.all([
    permission(source),
    permission(source === 'camera' ? 'microphone' : 'camera'),
  ])
  return own === 'granted' || (own === 'prompt' && other === 'denied')
}

async function permission(source: Source): Promise<PermissionState | undefined> {
  try {
    return (await navigator.permissions.query({ name: source })).state
  } catch {
    // Not every browser tells.
    return undefined
  }
}
