import { Agent, type IncomingMessage, request } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import type { Clock } from '../../../shared/clock.ts'
import { afterRunning } from '../../../shared/deadline.ts'
import { codeOf, EngineTrouble, troubleOfStatus } from './engine-trouble.ts'

/** A request is answered in this time, or the service counts as unreachable. */
export const REQUEST_DEADLINE_MS = 5_000
/** Much more than any utterance's text; a longer answer is not read. */
export const MAX_ANSWER_BYTES = 262_144
/** A kept connection that nobody used for so long is closed. */
const IDLE_SOCKET_MS = 30_000
/** The one status of failure whose body the contract gives a meaning. */
const BAD_REQUEST = 400

export type HttpPosterOptions = { readonly url: URL; readonly token: string | undefined; readonly clock: Clock }

export type Post = {
  readonly query: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Gives up the request. */
  readonly signal: AbortSignal
}

type Answer = { readonly status: number; readonly text: string }

/** Posts to one address over connections that are kept. */
export class HttpPoster {
  readonly #options: HttpPosterOptions
  readonly #agent: Agent

  constructor(options: HttpPosterOptions) {
    this.#options = options
    const kept = { keepAlive: true, timeout: IDLE_SOCKET_MS }
    this.#agent = options.url.protocol === 'https:' ? new SecureAgent(kept) : new Agent(kept)
  }

  /**
   * Status 2xx or 400 and the body; rejects with an `EngineTrouble` for any other. A request whose kept connection turns
   * out to have been closed is sent once more, with the same sequence number.
   */
  async post(post: Post): Promise<Answer> {
    const late = new AbortController()
    const cancel = afterRunning(this.#options.clock, REQUEST_DEADLINE_MS, () =>
      late.abort(new EngineTrouble('unreachable', 'did not answer in time')),
    )
    const signal = AbortSignal.any([post.signal, late.signal])
    try {
      return await this.#attempt({ ...post, signal }, true)
    } finally {
      cancel()
    }
  }

  /** Closes the connections. */
  close(): void {
    this.#agent.destroy()
  }

  #attempt(post: Post, mayRepeat: boolean): Promise<Answer> {
    const { url, token } = this.#options
    const address = new URL(url)
    for (const [name, value] of Object.entries(post.query)) address.searchParams.set(name, value)
    const headers = {
      'Content-Type': 'application/octet-stream',
      'Content-Length': post.body.length,
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    }
    return new Promise((resolve, reject) => {
      if (post.signal.aborted) {
        reject(post.signal.reason)
        return
      }
      const send = url.protocol === 'https:' ? secureRequest : request
      const sent = send(address, { method: 'POST', headers, agent: this.#agent })
      const giveUp = () => sent.destroy()
      post.signal.addEventListener('abort', giveUp, { once: true })
      sent.on('close', () => post.signal.removeEventListener('abort', giveUp))
      sent.on('response', (response) => read(response).then(resolve, reject))
      sent.on('error', (error) => {
        if (post.signal.aborted) reject(post.signal.reason)
        else if (mayRepeat && sent.reusedSocket && codeOf(error) === 'ECONNRESET') {
          this.#attempt(post, false).then(resolve, reject)
        } else reject(new EngineTrouble('unreachable', codeOf(error)))
      })
      sent.end(post.body)
    })
  }
}

async function read(response: IncomingMessage): Promise<Answer> {
  const status = response.statusCode ?? 0
  if ((status < 200 || status >= 300) && status !== BAD_REQUEST) {
    response.destroy()
    throw troubleOfStatus(status)
  }
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of response) {
      bytes += part.length
      if (bytes > MAX_ANSWER_BYTES) throw new EngineTrouble('unreachable', 'answered too much')
      parts.push(part)
    }
  } catch (error) {
    throw error instanceof EngineTrouble ? error : new EngineTrouble('unreachable', codeOf(error))
  }
  return { status, text: Buffer.concat(parts).toString() }
}
