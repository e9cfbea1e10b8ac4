import { connect, type Socket } from 'node:net'
import type { SeededRandom } from '../../seeded-random.ts'
import type { FuzzedNode } from './fuzzed-node.ts'

/** How long an answer is waited for, and how long a slow client keeps its socket. */
const PATIENCE_MS = 1_000

/** Tokens that are no good, or were used. */
export type BadTokens = {
  readonly forged: string
  readonly expired: string
  readonly foreign: string
  readonly used: string
}

type Handshake = {
  readonly kind: string
  readonly text: string | Buffer
  /** Whether it goes on after the request, or leaves in the middle of it. */
  readonly after?: 'garbage' | 'leaves'
}

export async function badTokens(node: FuzzedNode): Promise<BadTokens> {
  const token = await node.token()
  const [head = '', claims = '', signature = ''] = token.split('.')
  return {
    forged: `${head}.${claims.slice(0, -2)}AA.${signature}`,
    expired: await node.token({ expiresAt: Date.now() - 30_000 }),
    foreign: await node.token({ nodeId: 'another' }),
    used: token,
  }
}

type Parts = { readonly path?: string; readonly protocol?: string; readonly lines?: readonly string[] }

function upgrade({ path = '/v1/signalling', protocol = 'jbcalling.v1', lines = [] }: Parts): string {
  const head = ['GET', path, 'HTTP/1.1'].join(' ')
  const own = ['Host: node', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
  const key = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='
  return `${[head, ...own, key, `Sec-WebSocket-Protocol: ${protocol}`, ...lines].join('\r\n')}\r\n\r\n`
}

/** One handshake that should come to nothing. */
export function hostileHandshake(random: SeededRandom, tokens: BadTokens): Handshake {
  const noise = () => Buffer.from(Array.from({ length: 1 + random.below(300) }, () => random.below(256)))
  const bearer = (token: string) => upgrade({ protocol: `jbcalling.v1, bearer.${token}` })
  const good = upgrade({})
  return random.pick<Handshake>(
    {
      kind: 'another path',
      text: upgrade({ path: random.pick('/', '/v1/signalling/..', '/metrics', `/${'x'.repeat(9_000)}`) }),
    },
    { kind: 'another origin', text: upgrade({ lines: ['Origin: https://elsewhere.example'] }) },
    { kind: 'another protocol', text: upgrade({ protocol: random.pick('other', 'jbcalling.v2', ','.repeat(500)) }) },
    {
      kind: 'garbage in the headers',
      text: Buffer.concat([Buffer.from(good.slice(0, -2)), noise(), Buffer.from('\r\n\r\n')]),
    },
    { kind: 'garbage instead of a request', text: noise() },
    {
      kind: 'another version or key',
      text: good.replace(random.pick('13', 'AAAA', 'websocket'), `${random.below(99)}`),
    },
    { kind: 'half of it', text: good.slice(0, random.below(good.length)), after: 'leaves' },
    { kind: 'no token', text: good },
    { kind: 'forged token', text: bearer(tokens.forged) },
    { kind: 'token of noise', text: bearer('x'.repeat(random.below(4_000))) },
    { kind: 'expired token', text: bearer(tokens.expired) },
    { kind: 'token for another node', text: bearer(tokens.foreign) },
    { kind: 'used token', text: bearer(tokens.used) },
    {
      kind: 'guessed resume token',
      text: upgrade({ protocol: `jbcalling.v1, resume.${random.next().toString(36).slice(2)}` }),
    },
    { kind: 'with a body', text: `${upgrade({ lines: ['Content-Length: 1000'] })}${'x'.repeat(1_000)}` },
    { kind: 'frames of garbage', text: bearer(tokens.used), after: 'garbage' },
    { kind: 'forged address', text: upgrade({ lines: [`X-Forwarded-For: ${'1,'.repeat(random.below(2_000))}`] }) },
    { kind: 'another method', text: good.replace('GET', random.pick('POST', 'CONNECT', 'OPTIONS', 'x')) },
  )
}

/** Plays it. Resolves once the media node has closed or answered, or after a deadline. */
export async function playHandshake(node: FuzzedNode, { text, after }: Handshake, random: SeededRandom): Promise<void> {
  const socket = connect({ port: node.port, host: '127.0.0.1' })
  socket.on('error', () => undefined)
  socket.write(text)
  if (after === 'leaves' && random.next() < 0.9) await within(new Promise((resolve) => socket.once('connect', resolve)))
  else await answered(socket)
  if (after === 'garbage' && socket.writable)
    socket.write(Buffer.from(Array.from({ length: 200 }, () => random.below(256))))
  socket.destroy()
}

function answered(socket: Socket): Promise<void> {
  return within(
    new Promise((resolve) => {
      socket.once('data', resolve)
      socket.once('close', resolve)
    }),
  )
}

async function within(event: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, PATIENCE_MS)
  await Promise.race([event, late.promise])
  clearTimeout(timer)
}
