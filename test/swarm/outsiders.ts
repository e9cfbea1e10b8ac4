import { SocketAddress } from 'node:net'
import { z } from 'zod'
import { joinAnswer } from '../../shared/api.ts'
import type { Person } from '../browser/person.ts'
import { TurnClient } from '../turn-client.ts'
import { askStack } from './ask-stack.ts'
import type { TestStack } from './test-stack.ts'

const FORBIDDEN = 403
const UNSUPPORTED_TRANSPORT = 442
/** More than the test's stack lets one caller have. */
const CROWD = 30
const SWITCHING_PROTOCOLS = 101
const TOO_MANY_REQUESTS = 429

const crowdAnswer = z.object({ crowd: z.array(z.int()), forged: z.int(), other: z.int() })

/** From now on this person's browser reaches nobody but by a relay, as in a network that lets nothing else through. */
export async function reachesOnlyRelays(person: Person): Promise<void> {
  await person.page.addInitScript(() => {
    const Direct = RTCPeerConnection
    window.RTCPeerConnection = class extends Direct {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceTransportPolicy: 'relay' })
      }
    }
  })
}

/** What the credentials of a join open at the TURN server, and what they do not. */
export async function relaysToMediaNodesOnly({ url, address }: TestStack, room: string): Promise<void> {
  const body = JSON.stringify({ displayName: 'Relay' })
  const answer = await askStack(`${url}/v1/rooms/${room}/join`, { 'content-type': 'application/json' }, body)
  const [server] = joinAnswer.parse(JSON.parse(answer.body)).iceServers
  const { username = '', credential = '' } = server ?? {}
  const turn = new SocketAddress({ address, port: 3478 })
  const [client, byTcp] = [
    new TurnClient(turn, { username, credential }),
    new TurnClient(turn, { username, credential }),
  ]
  try {
    const { error, relayedAddress = '' } = await client.allocate()
    expectCode('a relay', error, undefined)
    expectCode('the media node', await client.permit(address), undefined)
    const refused = ['127.0.0.1', '172.17.0.1', '10.0.0.1', '169.254.169.254', '198.51.100.1']
    // On one host the relay's own address is that of the media node.
    for (const other of [...refused, ...(relayedAddress === address ? [] : [relayedAddress])]) {
      expectCode(other, await client.permit(other), FORBIDDEN)
    }
    expectCode('TCP', (await byTcp.allocate({ transport: 'tcp' })).error, UNSUPPORTED_TRANSPORT)
  } finally {
    client.close()
    byTcp.close()
  }
}

/**
 * One caller, a container here, opens connections that end nobody's handshake until it is refused, also when it names
 * another address; at the same time another caller, who comes by the host's address, gets in.
 */
export async function countsByCaller(stack: TestStack, nodeId: string): Promise<void> {
  const { address, host } = stack
  const script = `(${crowd})(${JSON.stringify({ address, host, path: `/media/${nodeId}/v1/signalling`, count: CROWD })})`
  const answer = crowdAnswer.parse(JSON.parse(await stack.inside(script)))
  const told = JSON.stringify(answer)
  if (!answer.crowd.includes(SWITCHING_PROTOCOLS)) throw new Error(`nobody of the crowd got in: ${told}`)
  if (!answer.crowd.includes(TOO_MANY_REQUESTS)) throw new Error(`the whole crowd got in: ${told}`)
  if (answer.forged !== TOO_MANY_REQUESTS) throw new Error(`a header made another caller: ${told}`)
  if (answer.other !== SWITCHING_PROTOCOLS) throw new Error(`the crowd kept another caller out: ${told}`)
}

function expectCode(what: string, code: number | undefined, wanted: number | undefined): void {
  if (code !== wanted) throw new Error(`the TURN server answered ${code} for ${what} instead of ${wanted}`)
}

type Crowd = { readonly address: string; readonly host: string; readonly path: string; readonly count: number }

/** Runs in a container, from its text. */
async function crowd({ address, host, path, count }: Crowd): Promise<void> {
  const { request } = await import('node:https')
  const knock = (to: string, more: Readonly<Record<string, string>> = {}) =>
    new Promise<number>((resolve, reject) => {
      const headers = {
        ...{ host, origin: `https://${host}`, connection: 'Upgrade', upgrade: 'websocket' },
        ...{ 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
        ...{ 'sec-websocket-protocol': 'jbcalling.v1, bearer.none', ...more },
      }
      const asked = request({ host: to, path, headers, rejectUnauthorized: false, agent: false })
      asked.on('upgrade', (answer) => resolve(answer.statusCode ?? 0))
      asked.on('response', (answer) => resolve(answer.statusCode ?? 0))
      asked.on('error', reject)
      asked.end()
    })
  const all = await Promise.all(Array.from({ length: count }, () => knock('traefik')))
  const forged = await knock('traefik', { 'x-forwarded-for': '203.0.113.9' })
  const other = await knock(address)
  console.log(JSON.stringify({ crowd: all, forged, other }))
  process.exit(0)
}
