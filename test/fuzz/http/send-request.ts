import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { HostileRequest } from './hostile-requests.ts'

/** Longer than the control plane takes to give up on anything. */
const DEADLINE_MS = 20_000
const SLOW_STEPS = 4
const STEP_MS = 20

/** What came back; without a status the connection was closed instead. */
export type Answer = {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const NOTHING: Answer = { status: undefined, headers: {}, body: '' }

/** Sends requests over connections that it keeps. Every send settles, and rejects only when no answer comes in time. */
export class RequestSender {
  readonly #url: URL
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 })

  constructor(url: string) {
    this.#url = new URL(url)
  }

  send(asked: HostileRequest): Promise<Answer> {
    return asked.kind === 'raw' ? this.#sendRaw(asked.body ?? '') : this.#sendHttp(asked)
  }

  close(): void {
    this.#agent.destroy()
  }

  #sendHttp({ kind, method, path, headers, body = '' }: HostileRequest): Promise<Answer> {
    const { hostname, port } = this.#url
    return new Promise((resolve, reject) => {
      const options = {
        hostname,
        port,
        method,
        path,
        agent: this.#agent,
        timeout: DEADLINE_MS,
        headers: { ...headers },
      }
      const sent = request(options, (answer) => {
        text(answer).then(
          (body) => resolve({ status: answer.statusCode, headers: answer.headers, body }),
          () => resolve(NOTHING),
        )
      })
      sent.on('timeout', () => reject(new Error(`${method} ${path} was not answered`)))
      sent.on('error', () => resolve(NOTHING))
      if (kind === 'slow' && body.length > 0) sendSlowly(sent, body)
      else sent.end(method === 'GET' || method === 'HEAD' ? undefined : body)
    })
  }

  #sendRaw(bytes: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(this.#url.port), this.#url.hostname)
      const received: Buffer[] = []
      socket.setTimeout(DEADLINE_MS, () => {
        socket.destroy()
        reject(new Error('raw bytes were neither answered nor refused'))
      })
      socket.on('data', (data) => received.push(data))
      socket.on('error', () => undefined)
      socket.on('close', () => {
        const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(Buffer.concat(received).toString('latin1')) ?? []
        resolve({ ...NOTHING, status: status === undefined ? undefined : Number(status) })
      })
      // Half-closed: what can be answered is, and then the connection ends.
      socket.end(Buffer.from(bytes, 'latin1'))
    })
  }
}

/** The body in pieces, with time between them. */
function sendSlowly(sent: ReturnType<typeof request>, body: string): void {
  const piece = Math.ceil(body.length / SLOW_STEPS)
  const step = (at: number) => {
    if (at >= body.length) sent.end()
    else sent.write(body.slice(at, at + piece), () => setTimeout(step, STEP_MS, at + piece))
  }
  step(0)
}
