import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { SocketAddress } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { iceServersFor } from '../../../control-plane/ice-servers.ts'
import { controlPlaneSettings } from '../../../control-plane/settings.ts'
import { findCommand } from '../../../dev/bootstrap/find-command.mjs'
import { freePort } from '../../../dev/free-port.ts'
import { readSettings } from '../../../shared/settings.ts'
import { type Credentials, TurnClient } from '../../turn-client.ts'
import { renderTemplate } from '../../unit/swarm/go-template.ts'

const FOLDER = join(import.meta.dirname, '../../../infra-swarm/coturn')
/** How long the credentials of a join open relays here. */
export const TTL_MS = 60_000

export type TurnServer = {
  /** Whether it relays by IPv6 as well, which a machine may not have. */
  readonly hasIpv6: boolean
  /** A client with the credentials that the control plane answers to such a join, now if it does not say when. */
  join(join: { roomId?: string; caller?: string; joinedAt?: number }): TurnClient
}

/**
 * coturn on this machine, started as the stack starts it, until the test is over. Undefined, and the test is skipped, where
 * there is none: Debian's package would run it from each boot on, so `npm test` does not install it.
 */
export async function startTurnServer(t: TestContext, mediaAddresses: string): Promise<TurnServer | undefined> {
  if (findCommand('turnserver') === undefined) {
    t.skip("there is no turnserver here; Debian's package coturn has it, and npm run test:swarm tries the same")
    return undefined
  }
  const folder = await mkdtemp(join(tmpdir(), 'jbcalling-turn-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const config = join(folder, 'turnserver.conf')
  const template = await readFile(join(FOLDER, 'turnserver.conf'), 'utf8')
  await writeFile(config, renderTemplate(template, { DOMAIN: 'calls.example' }))
  const port = await freePort()
  const hasIpv6 = Object.values(networkInterfaces()).some((own = []) => own.some(({ address }) => address === '::1'))
  const relays = ['127.0.0.1', ...(hasIpv6 ? ['::1'] : [])].map((address) => `--relay-ip=${address}`)
  const child = startCoturn(t, mediaAddresses, [
    ...['-c', config, '--listening-ip=127.0.0.1', ...relays, `--listening-port=${port}`],
    ...[`--pidfile=${join(folder, 'pid')}`, `--userdb=${join(folder, 'db')}`],
  ])
  const address = new SocketAddress({ address: '127.0.0.1', port })
  const open = (credentials: Credentials) => {
    const client = new TurnClient(address, credentials)
    t.after(() => client.close())
    return client
  }
  await answers(child, open({ username: 'nobody', credential: '' }))
  const settings = readSettings(controlPlaneSettings, {
    TURN_URLS: `turn:127.0.0.1:${port}`,
    // What the template above has for the secret.
    TURN_SECRET: 'the secret turn-secret',
    TURN_TTL_SECONDS: `${TTL_MS / 1_000}`,
  })
  return {
    hasIpv6,
    join({ roomId = 'standup', caller = '192.0.2.7', joinedAt = Date.now() }) {
      const [server] = iceServersFor(settings, { roomId, caller }, joinedAt)
      const { username = '', credential = '' }: Partial<Credentials> = server ?? {}
      return open({ username, credential })
    },
  }
}

/** Runs start.sh and answers its exit code and what it said, where it does not get as far as coturn. */
export async function startWithout(t: TestContext, mediaAddresses: string) {
  const child = startCoturn(t, mediaAddresses, [])
  const said: string[] = []
  child.stderr?.on('data', (chunk) => said.push(`${chunk}`))
  const [code] = await once(child, 'close')
  return { code, said: said.join('') }
}

function startCoturn(t: TestContext, mediaAddresses: string, args: readonly string[]): ChildProcess {
  const child = spawn('sh', [join(FOLDER, 'start.sh'), ...args], {
    env: { PATH: process.env['PATH'], TURN_MEDIA_ADDRESSES: mediaAddresses },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  return child
}

/** Waits for the first answer, whatever it is. */
async function answers(child: ChildProcess, client: TurnClient): Promise<void> {
  const said: string[] = []
  child.stdout?.on('data', (chunk) => said.push(`${chunk}`))
  await client.allocate().catch((cause: unknown) => {
    throw new Error(`coturn does not answer:\n${said.join('')}`, { cause })
  })
}
