import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

export type JsonRequest = {
  /** Below the base address, such as `translate`. */
  readonly path: string
  /** Makes it a POST. */
  readonly body?: unknown
  readonly mostAnswerBytes: number
  readonly signal: AbortSignal
}

/** `body` is undefined when it is no JSON. */
export type JsonAnswer = { readonly status: number; readonly body: unknown }

/**
 * Asks one HTTP server for JSON over connections that stay open until `close`: global `fetch` would keep its own open
 * after everything else is closed. Redirects are not followed.
 */
export class HttpJson {
  readonly #base: URL
  readonly #agent: HttpAgent | HttpsAgent

  /** @param base anything below it is asked for, also when it does not end in a slash */
  constructor(base: string, connections: number) {
    this.#base = new URL(base.endsWith('/') ? base : `${base}/`)
    const options = { keepAlive: true, maxSockets: connections }
    this.#agent = this.#base.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options)
  }

  /** Rejects when there is no answer, or one that is too long. */
  ask({ path, body, mostAnswerBytes, signal }: JsonRequest): Promise<JsonAnswer> {
    const send = this.#base.protocol === 'https:' ? httpsRequest : httpRequest
    const text = body === undefined ? undefined : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const request = send(new URL(path, this.#base), {
        agent: this.#agent,
        method: text === undefined ? 'GET' : 'POST',
        headers: {
          accept: 'application/json',
          ...(text !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(text),
          }),
        },
        signal,
      })
      request.on('error', reject)
      request.on('response', (response) => readJson(response, mostAnswerBytes).then(resolve, reject))
      request.end(text)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

async function readJson(response: IncomingMessage, mostBytes: number): Promise<JsonAnswer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes > mostBytes) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  return { status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString('utf8')) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
