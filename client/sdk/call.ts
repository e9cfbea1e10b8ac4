import type * as Mediasoup from 'mediasoup-client'
import type { JoinAnswer } from '../../shared/api.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import type { Notifications, Source } from '../../shared/protocol/messages.ts'
import { type CallState, initialState, type Speech } from './call-state.ts'
import { CaptionChoices } from './caption-choices.ts'
import { knownCapabilities } from './known-rtp.ts'
import { watchLiveness } from './liveness.ts'
import { Media } from './media.ts'
import { addParticipant, addTrack, changeTrack, type Participants, removeTrack } from './participants.ts'
import { enterRoom } from './room-api.ts'
import { openSocket, Signalling } from './signalling.ts'
import { stateHandlers } from './state-handlers.ts'
import { Store } from './store.ts'
import { systemTimer } from './timer.ts'

/** From the token to the welcome and a ready WebRTC; the token lives longer. */
const CONNECT_DEADLINE_MS = 10_000

export type JoinOptions = {
  /** Origin of the control plane, such as `https://calls.example`; empty for the page's own. */
  readonly api: string
  readonly roomId: string
  readonly displayName: string
  /** The language this participant speaks, as a BCP 47 tag. */
  readonly language: string
  /** Sent from the start; they stay the caller's and are never stopped here. A disabled track goes out muted. */
  readonly tracks?: { readonly [S in Source]?: MediaStreamTrack | undefined }
  /** Whether to read along from the start. */
  readonly captions?: boolean
  /** The language this participant reads, as a BCP 47 tag; the one they speak unless said otherwise. */
  readonly captionLanguage?: string
  /** False keeps this participant's speech from being captioned: then not a word reaches speech recognition. */
  readonly captioned?: boolean
  /** Gives up joining, whatever it has come to. */
  readonly signal?: AbortSignal
}

type Welcome = Notifications['welcome']

/**
 * One participant's connection in a room. It owns signalling and both transports, and ends as a whole: by `leave()`, or
 * with the reason in `state.phase.error`.
 */
export class Call {
  readonly #state: Store<CallState>
  readonly #signalling: Signalling
  readonly #choices: CaptionChoices
  readonly #iceServers: readonly RTCIceServer[]
  readonly #welcome = Promise.withResolvers<Welcome>()
  /** Rejects when the call ends. */
  readonly #ended = Promise.withResolvers<never>()
  #media: Media | undefined
  #stopLiveness = () => {}

  /** Gets ready what `join` will need; a browser's first WebRTC connection takes longer to make than the next ones. */
  static async preload(): Promise<void> {
    const { Device } = await import('mediasoup-client')
    await new Device().load({ routerRtpCapabilities: {} })
  }

  /**
   * Joins a room, making it first if there is none. The tracks given and those of the others are connecting when this
   * settles; watch the state for them.
   *
   * @throws CallError, or the signal's reason
   */
  static async join(options: JoinOptions): Promise<Call> {
    const mediasoup = import('mediasoup-client')
    mediasoup.catch(() => {})
    const { displayName, language } = options
    const answer = await enterRoom(options, options.roomId, { displayName, language })
    const call = new Call(options, answer)
    const giveUp = () => call.#end(new CallError('unavailable', 'The media node did not answer in time.'))
    const cancelDeadline = systemTimer(CONNECT_DEADLINE_MS, giveUp)
    options.signal?.addEventListener('abort', giveUp)
    try {
      await Promise.race([call.#start(mediasoup, options), call.#ended.promise])
      return call
    } catch (cause) {
      call.#end(joinError(cause))
      options.signal?.throwIfAborted()
      throw joinError(cause)
    } finally {
      cancelDeadline()
      options.signal?.removeEventListener('abort', giveUp)
    }
  }

  private constructor(options: JoinOptions, answer: JoinAnswer) {
    const { roomId, displayName, language, captionLanguage = language } = options
    const { participantId } = answer
    const speech = { language, captioned: true }
    this.#state = new Store(initialState({ roomId, displayName, participantId, speech, captionLanguage }))
    this.#iceServers = answer.iceServers
    this.#signalling = new Signalling({
      socket: openSocket(answer.url, answer.token),
      handlers: {
        ...stateHandlers(this.#state),
        welcome: (data) => this.#admit(data),
        'consumer-created': (data) => this.#addConsumer(data),
        'consumer-closed': ({ consumerId }) => this.#removeConsumer(consumerId),
      },
      onClose: (error) => this.#end(error),
    })
    this.#choices = new CaptionChoices({ state: this.#state, request: this.#signalling.request })
  }

  get state(): CallState {
    return this.#state.get()
  }

  /** Calls `listener` after each change of `state`, until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => this.#state.subscribe(listener)

  /** Sends a track; where the source is already sent, the new track takes the old one's place. */
  publish(source: Source, track: MediaStreamTrack): Promise<void> {
    return this.#connected().sender.publish(source, track)
  }

  unpublish(source: Source): Promise<void> {
    return this.#connected().sender.unpublish(source)
  }

  /** Silences a source from this very call on; the promise settles when the others know. */
  mute(source: Source): Promise<void> {
    return this.#connected().sender.setMuted(source, true)
  }

  unmute(source: Source): Promise<void> {
    return this.#connected().sender.setMuted(source, false)
  }

  /**
   * Turns captions on or off, to be read in `language` (a BCP 47 tag) from now on. What was said lately is in the
   * transcript when this settles.
   */
  setCaptions(enabled: boolean, language?: string): Promise<void> {
    return this.#choices.setCaptions(enabled, language)
  }

  /** Says which language this participant speaks from now on, and whether their speech may be captioned. */
  setSpeech(change: Partial<Speech>): Promise<void> {
    return this.#choices.setSpeech(change)
  }

  /** WebRTC's own statistics, per direction. */
  getStats(): ReturnType<Media['getStats']> {
    return this.#connected().getStats()
  }

  leave(): void {
    this.#signalling.request('leave', {}).catch(() => {})
    this.#end(null)
  }

  async #start(mediasoup: Promise<typeof Mediasoup>, options: JoinOptions): Promise<void> {
    const [welcome, { Device }] = await Promise.all([this.#welcome.promise, mediasoup])
    const device = new Device()
    await Promise.all([
      device.load({ routerRtpCapabilities: knownCapabilities(welcome.routerRtpCapabilities) }),
      // Nothing is sent before the media node knows; if it cannot be told, there is no call.
      options.captioned === false && this.setSpeech({ captioned: false }),
    ])
    if (this.state.phase.name === 'ended') return

    const { sender } = this.#openMedia(device, welcome)
    for (const source of ['microphone', 'camera'] as const) {
      const track = options.tracks?.[source]
      // A track that cannot be sent leaves the rest of the call as it is; `state.published` shows it missing.
      if (track) sender.publish(source, track).catch(() => {})
    }
    if (options.captions) this.setCaptions(true).catch(() => {})
    this.#stopLiveness = watchLiveness({
      ping: () => this.#signalling.request('ping', {}),
      onLost: () => this.#end(new CallError('connection_lost', 'The media node no longer answers.')),
    })
    this.#change({ phase: { name: 'connected' } })
  }

  #admit(welcome: Welcome): void {
    this.#change({ participants: welcome.participants.reduce(addParticipant, []) })
    this.#welcome.resolve(welcome)
  }

  #openMedia(device: Mediasoup.Device, welcome: Welcome): Media {
    this.#media = new Media({
      device,
      welcome,
      iceServers: this.#iceServers,
      request: this.#signalling.request,
      events: {
        onTrack: (description) => this.#changeParticipants((all) => addTrack(all, description)),
        onMedia: (consumerId, media) => this.#changeParticipants((all) => changeTrack(all, consumerId, { media })),
        onPublished: (published) => this.#change({ published }),
        onConnection: (mediaConnection) => this.#change({ mediaConnection }),
        onFailure: (cause) => this.#end(asCallError(cause)),
      },
    })
    return this.#media
  }

  #addConsumer(description: Notifications['consumer-created']): void {
    // Fails only if the track or the call has ended meanwhile, and then there is nothing left to do for it.
    this.#media?.receiver.add(description).catch(() => {})
  }

  #removeConsumer(consumerId: string): void {
    this.#media?.receiver.remove(consumerId)
    this.#changeParticipants((all) => removeTrack(all, consumerId))
  }

  #connected(): Media {
    if (this.#media && this.state.phase.name === 'connected') return this.#media
    throw new CallError('invalid_state', 'This call has ended.')
  }

  /** The one way out: closes everything this call owns and says why, once. */
  #end(error: CallError | null): void {
    const { phase } = this.state
    if (phase.name === 'ended') return
    this.#stopLiveness()
    this.#signalling.close()
    this.#media?.close()
    this.#ended.reject(error)
    this.#change({ phase: { name: 'ended', error }, speakers: [] })
  }

  #change(part: Partial<CallState>): void {
    this.#state.set({ ...this.state, ...part })
  }

  #changeParticipants(how: (participants: Participants) => Participants): void {
    this.#change({ participants: how(this.state.participants) })
  }
}

/** A connection that breaks before the welcome was never there. */
function joinError(cause: unknown): CallError {
  const error = asCallError(cause)
  if (error.code !== 'connection_lost') return error
  return new CallError('unavailable', 'The media node cannot be reached.', { cause })
}

function asCallError(cause: unknown): CallError {
  if (cause instanceof CallError) return cause
  return new CallError('internal', 'Something in this call went wrong.', { cause })
}
