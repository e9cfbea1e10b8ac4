import type { IncomingMessage } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Faults } from './faults.ts'
import { HttpListener } from './http-listener.ts'
import type { SpeechServer } from './speech-server.ts'

export type Talk = {
  /** Messages come one at a time: the next one waits until this resolves. */
  onMessage(data: Buffer, isBinary: boolean): Promise<void>
  onClose(): void
}

/** A client's socket as a protocol sees it: what it says goes through the server's faults. */
export type Client = {
  readonly request: IncomingMessage
  /** Not about sound: no fault spoils it. */
  greet(message: object): void
  /** About sound, of an utterance of which so much was heard. */
  answer(message: object, heardMs: number): Promise<void>
  hangUp(code: number): void
}

/** Starts a WebSocket server that begins a `talk` with each client. `path` is what its clients ask for. */
export async function startWebSocketServer(
  path: string,
  talk: (client: Client) => Talk,
  port = 0,
): Promise<SpeechServer> {
  const listener = await HttpListener.start(port)
  const faults: Faults = {}
  const received: string[] = []
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1_048_576 })
  listener.server.on('upgrade', (request, socket, head) => {
    received.push(`${request.url} ${request.headers.authorization ?? ''}`)
    if (faults.status !== undefined) socket.end(`HTTP/1.1 ${faults.status} No\r\nContent-Length: 0\r\n\r\n`)
    else if (faults.silent) socket.on('end', () => socket.end()).resume()
    else {
      sockets.handleUpgrade(request, socket, head, (opened) =>
        converse(opened, talk(clientOf(opened, request, faults))),
      )
    }
  })

  function converse(socket: WebSocket, talking: Talk): void {
    let turn = Promise.resolve()
    socket.on('message', (data, isBinary) => {
      const bytes = Buffer.isBuffer(data) ? data : Buffer.alloc(0)
      if (!isBinary) received.push(bytes.toString())
      turn = turn.then(() => talking.onMessage(bytes, isBinary)).catch(() => socket.close(1011))
    })
    socket.on('error', () => undefined)
    socket.on('close', () => talking.onClose())
  }

  return {
    url: `ws://127.0.0.1:${listener.port}${path}`,
    faults,
    get connections() {
      return listener.connections
    },
    received,
    dropClients: () => listener.dropClients(),
    close: () => listener.close(),
  }
}

function clientOf(socket: WebSocket, request: IncomingMessage, faults: Faults): Client {
  return {
    request,
    greet: (message) => socket.send(JSON.stringify(message)),
    async answer(message, heardMs) {
      await faults.late
      for (const other of faults.also ?? []) socket.send(other)
      if (faults.hangUpAfterMs !== undefined && heardMs >= faults.hangUpAfterMs) socket.terminate()
      else socket.send(faults.rubbish ?? JSON.stringify(message))
    },
    hangUp: (code) => socket.close(code),
  }
}
