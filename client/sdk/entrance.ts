import type { JoinAnswer } from '../../shared/api.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import { continueTrace, writeTraceparent } from '../../shared/protocol/trace-context.ts'
import { asCallError } from './as-call-error.ts'
import type { Speech } from './call-state.ts'
import { Connection, type ConnectionEvents } from './connection.ts'
import type { Environment } from './environment.ts'
import { fetchTranscript, type WantedTranscript } from './fetch-transcript.ts'
import { remedyOf } from './reconnection-policy.ts'
import { enterRoom } from './room-api.ts'

/** For the control plane to answer, which may have to look for the media node that has the room. */
const ASK_DEADLINE_MS = 3_000

type Way = {
  readonly speech: Speech
  readonly signal: AbortSignal
  /** Of the WebSocket to open. */
  readonly deadlineMs: number
}

/** The way into one room, which makes everybody who comes by it again the same participant. */
export class Entrance {
  readonly #room: { readonly api: string; readonly roomId: string; readonly displayName: string }
  readonly #environment: Environment
  readonly #eventsOf: (connection: () => Connection) => ConnectionEvents
  #rejoinToken: string | undefined
  #participantId = ''
  #traceId: string | undefined

  constructor(options: {
    room: { readonly api: string; readonly roomId: string; readonly displayName: string }
    environment: Environment
    /** What to do about the events of a connection. */
    eventsOf: (connection: () => Connection) => ConnectionEvents
  }) {
    this.#room = options.room
    this.#environment = options.environment
    this.#eventsOf = options.eventsOf
  }

  /** Who this participant is, as of the last time they were let in. */
  get participantId(): string {
    return this.#participantId
  }

  /** Of the last time that they asked to be let in: by it the join can be found in the servers' logs. */
  get traceId(): string | undefined {
    return this.#traceId
  }

  /** Which media node has the room; one that was lost is looked after first. */
  async ask(options: { speech: Speech; signal: AbortSignal; lostNodeId?: string }): Promise<JoinAnswer> {
    const { speech, lostNodeId } = options
    const { api, roomId, displayName } = this.#room
    const rejoinToken = this.#rejoinToken
    const { fetch, random } = this.#environment
    const trace = continueTrace(undefined, (bytes) => randomBytes(bytes, random))
    this.#traceId = trace.traceId
    const traceparent = writeTraceparent(trace)
    const answer = await enterRoom({ api, fetch, traceparent, signal: options.signal }, roomId, {
      displayName,
      language: speech.language,
      ...(rejoinToken !== undefined && { rejoinToken }),
      ...(lostNodeId !== undefined && { lostNodeId }),
    })
    this.#rejoinToken = answer.rejoinToken
    return answer
  }

  /** The stored transcript of this room, for which the last answer is the proof of having been here. */
  fetchTranscript(wanted: WantedTranscript): Promise<Blob> {
    const { api, roomId } = this.#room
    const options = { api, fetch: this.#environment.fetch, token: this.#rejoinToken }
    return fetchTranscript(options, roomId, wanted)
  }

  /** Enters on the media node of the answer; whatever fails is closed. */
  async enter(answer: JoinAnswer, { speech, signal, deadlineMs }: Way): Promise<Connection> {
    const events = this.#eventsOf(() => connection)
    const connection: Connection = new Connection({ answer, environment: this.#environment, events })
    const close = () => connection.close()
    signal.addEventListener('abort', close)
    try {
      signal.throwIfAborted()
      await connection.enter({ captioned: speech.captioned, deadlineMs })
      signal.throwIfAborted()
      this.#participantId = answer.participantId
      return connection
    } catch (error) {
      connection.close()
      throw error
    } finally {
      signal.removeEventListener('abort', close)
    }
  }

  /** Joins again after a connection was lost, wherever the room is now. */
  async rejoin(way: Way & { readonly lostNodeId: string }): Promise<Connection> {
    return this.enter(await this.#askInTime(way), way)
  }

  /**
   * Joins again as well, but where the room is still where it was, `resume` is tried first: the media node was out of reach
   * for a while, and what it has of this participant is better than anything new.
   *
   * @returns undefined when the connection before was resumed
   */
  async resumeOrRejoin(
    way: Way & { readonly lostNodeId: string; readonly resume: () => Promise<void> },
  ): Promise<Connection | undefined> {
    const answer = await this.#askInTime(way)
    if (answer.nodeId === way.lostNodeId && (await isResumedBy(way.resume))) return undefined
    return this.enter(answer, way)
  }

  /** Joins elsewhere; undefined while the room is still where it was. */
  async move(way: Way & { readonly from: string }): Promise<Connection | undefined> {
    const answer = await this.#askInTime(way)
    return answer.nodeId === way.from ? undefined : this.enter(answer, way)
  }

  async #askInTime(options: Parameters<Entrance['ask']>[0]): Promise<JoinAnswer> {
    const late = new AbortController()
    const cancel = this.#environment.timer(ASK_DEADLINE_MS, () => {
      late.abort(new CallError('unavailable', 'The server did not answer in time.'))
    })
    try {
      return await this.ask({ ...options, signal: AbortSignal.any([options.signal, late.signal]) })
    } finally {
      cancel()
    }
  }
}

function randomBytes(bytes: number, random: () => number): Uint8Array {
  return Uint8Array.from({ length: bytes }, () => Math.floor(random() * 256))
}

/** False when there is nothing to resume any more. @throws CallError when that is not known */
async function isResumedBy(resume: () => Promise<void>): Promise<boolean> {
  try {
    await resume()
    return true
  } catch (cause) {
    if (remedyOf[asCallError(cause).code] === 'rejoin') return false
    throw cause
  }
}
