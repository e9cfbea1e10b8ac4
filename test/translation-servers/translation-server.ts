import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { ApertiumTranslator } from '../../media-node/captions/translation/apertium-translator.ts'
import { systemClock } from '../../shared/clock.ts'
import { apertium } from './apertium-settings.ts'

/** A status refuses with it; all others are what the wire does to answers. */
export type Misbehaviour = number | 'hangs' | 'rubbish' | 'something else' | 'breaks off' | 'never ends'

export type Asked = { readonly text: string; readonly from: string; readonly to: string }

/** How a translation server talks over HTTP. */
export type Dialect = {
  /** What a request asks for; undefined when it is answered otherwise, by `answer`. */
  asked(request: IncomingMessage, body: unknown): Asked | undefined
  answer(request: IncomingMessage): unknown
  translation(text: string, asked: Asked): unknown
  refusal(status: number | 'pair unsupported'): { readonly status: number; readonly body: unknown }
  readonly contentType: string
}

/** A translation server on a real socket, with Apertium's translations, that misbehaves when it is told to. */
export class TranslationServer {
  readonly #dialect: Dialect
  readonly #server: Server
  readonly #apertium: ApertiumTranslator
  readonly #events = new EventEmitter()
  misbehaviour: Misbehaviour | undefined
  requests = 0
  connections = 0

  private constructor(dialect: Dialect, apertium: ApertiumTranslator) {
    this.#dialect = dialect
    this.#apertium = apertium
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy())
    })
    // Whoever keeps connections open is the one to close them.
    this.#server.keepAliveTimeout = 0
    this.#server.on('connection', (socket) => {
      this.connections += 1
      socket.once('close', () => {
        this.connections -= 1
      })
    })
  }

  static async start(dialect: Dialect): Promise<TranslationServer> {
    const server = new TranslationServer(dialect, await ApertiumTranslator.create(apertium, systemClock))
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the server does not listen')
    return `http://127.0.0.1:${address.port}`
  }

  /** Resolves when the next text to translate has come in. */
  async nextRequest(): Promise<void> {
    await once(this.#events, 'request')
  }

  /** Nothing listens any more. */
  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await this.#apertium.close()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = this.#dialect.asked(request, await jsonOf(request))
    if (asked === undefined) this.#send(response, 200, this.#dialect.answer(request))
    else await this.#answer(asked, response)
  }

  async #answer(asked: Asked, response: ServerResponse): Promise<void> {
    this.requests += 1
    this.#events.emit('request')
    if (this.misbehaviour === undefined) await this.#translate(asked, response)
    else this.#misbehave(response, this.misbehaviour)
  }

  async #translate(asked: Asked, response: ServerResponse): Promise<void> {
    const signal = new AbortController().signal
    const translation = await this.#apertium.translate({ ...asked, signal })
    const { status, body } =
      'text' in translation
        ? { status: 200, body: this.#dialect.translation(translation.text, asked) }
        : this.#dialect.refusal(translation.kind === 'pair_unsupported' ? 'pair unsupported' : 500)
    this.#send(response, status, body)
  }

  #misbehave(response: ServerResponse, misbehaviour: Misbehaviour): void {
    if (typeof misbehaviour === 'number') {
      const { status, body } = this.#dialect.refusal(misbehaviour)
      this.#send(response, status, body)
    } else if (misbehaviour !== 'hangs') MISBEHAVIOURS[misbehaviour](response)
  }

  #send(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { 'content-type': this.#dialect.contentType }).end(JSON.stringify(body))
  }
}

const MISBEHAVIOURS: Readonly<Record<Exclude<Misbehaviour, number | 'hangs'>, (response: ServerResponse) => void>> = {
  rubbish: (response) => response.end('<html>\u0000 house of rubbish'),
  'something else': (response) => response.end(JSON.stringify({ house: ['casa'] })),
  'breaks off': (response) => {
    response.writeHead(200, { 'content-length': 1_000 }).write('{"translatedText":"la casa')
    setImmediate(() => response.destroy())
  },
  'never ends': flood,
}

function flood(response: ServerResponse): void {
  response.write('a'.repeat(65_536), (error) => {
    if (!error) flood(response)
  })
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text === '' ? undefined : JSON.parse(text)
}
