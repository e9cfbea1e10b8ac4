import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Socket } from '../../../../client/sdk/socket.ts'
import { ChaosParticipant } from '../participant/chaos-participant.ts'
import { lightEnvironment } from './light-environment.ts'
import { cameraTrack, humTrack } from './light-sources.ts'
import { watchStalls, watchTrack } from './light-watch.ts'

/**
 * Participants with the real SDK and real WebRTC, without a browser: one process for all those of one place.
 *
 *     node light-process.ts <URL of the control plane> <path of the socket for orders>
 *
 * It is ordered about over a Unix socket, which no cut cable reaches: `POST /<participant>/<order>`.
 */

const [url = '', socketPath = ''] = process.argv.slice(2)
const participants = new Map<string, LightParticipant>()

createServer((request, response) => {
  const answer = async () => {
    const [, name = '', order = ''] = (request.url ?? '').split('/')
    const body = await text(request)
    return orders(participantOf(name))[order]?.(body)
  }
  answer().then(
    (result) => response.end(JSON.stringify(result ?? null)),
    (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.stack : `${error}`),
  )
}).listen(socketPath)

type LightParticipant = { readonly participant: ChaosParticipant; readonly sockets: ReadonlyMap<Socket, string> }

function participantOf(name: string): LightParticipant {
  const known = participants.get(name)
  if (known !== undefined) return known
  const sockets = new Map<Socket, string>()
  const participant = new ChaosParticipant({
    api: url,
    environment: lightEnvironment(sockets),
    tracks: async ({ speech, hasCamera }) => {
      if (speech !== undefined) throw new Error('a recording is played by a browser')
      return { microphone: humTrack(), ...(hasCamera && { camera: cameraTrack() }) }
    },
    watchTrack,
    watchStalls,
  })
  const made = { participant, sockets }
  participants.set(name, made)
  return made
}

function orders({ participant, sockets }: LightParticipant): Record<string, (body: string) => unknown> {
  return {
    join: (body) => participant.join(JSON.parse(body)),
    view: () => ({ view: participant.view(), hosts: [...new Set(sockets.values())] }),
    inbound: () => participant.inbound(),
    forget: () => participant.forgetGaps(),
  }
}
