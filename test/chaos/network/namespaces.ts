import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Command, startChild } from '../../../dev/child.ts'
import type { Network, Place } from './network.ts'

const run = promisify(execFile)
const DEADLINE_MS = 5_000
const BRIDGE = 'bridge'
const SUBNET = '10.77.0'
const GATEWAY = 1
/** Places are numbered from here; each may be readdressed as often as there are numbers up to the next hundred. */
const FIRST_PLACE = 11
const MAX_PLACES = 20
const MOVES = 100

type Port = { readonly number: number; readonly namespace: string; readonly link: string }

/**
 * A bridge in this process's own network namespace, and a namespace with a cable to it for each place. A cable is cut by
 * taking it off the bridge: neither side sees its link go down, as with a cable further away.
 */
export async function namespaceNetwork(owner: AsyncDisposableStack): Promise<Network> {
  await ip('link', 'set', 'lo', 'up')
  await ip('link', 'add', BRIDGE, 'address', macOf(GATEWAY), 'type', 'bridge')
  await ip('addr', 'add', `${addressOf(GATEWAY)}/24`, 'dev', BRIDGE)
  await ip('link', 'set', BRIDGE, 'up')
  const ports: Port[] = []
  const places = new Map<string, Promise<Place>>()
  let turn: Promise<unknown> = Promise.resolve()

  const make = async (name: string): Promise<Place> => {
    if (ports.length === MAX_PLACES) throw new Error('too many places')
    const holder = await startHolder(name)
    owner.defer(() => holder.stop())
    const index = ports.length
    const port = { number: FIRST_PLACE + index, namespace: `/proc/${holder.pid}/ns/net`, link: `place${index}` }
    await plug(port, holder.pid)
    await introduce(port, ports)
    ports.push(port)
    return placeAt(port)
  }

  return {
    gateway: addressOf(GATEWAY),
    place(name) {
      const known = places.get(name)
      if (known !== undefined) return known
      const made = turn.then(() => make(name))
      turn = made.catch(() => undefined)
      places.set(name, made)
      return made
    },
  }
}

/** A process that keeps the namespace. */
async function startHolder(name: string) {
  const { promise: ready, resolve } = Promise.withResolvers<void>()
  const command: Command = ['unshare', '--net', '--', 'sh', '-c', 'echo ready; exec sleep infinity']
  const holder = await startChild({ name: `network of ${name}`, command, onLine: () => resolve() })
  const ended = holder.exited.then(() => {
    throw new Error(`no network for ${name}: ${holder.lastLines().join(' ')}`)
  })
  ended.catch(() => undefined)
  await Promise.race([ready, ended])
  return holder
}

async function plug({ number, namespace, link }: Port, pid: number): Promise<void> {
  const inside = ['peer', 'name', 'eth0', 'address', macOf(number), 'netns', `${pid}`]
  await ip('link', 'add', link, 'type', 'veth', ...inside)
  await ip('link', 'set', link, 'master', BRIDGE, 'up')
  await ipIn(namespace, 'link', 'set', 'lo', 'up')
  await ipIn(namespace, 'addr', 'add', `${addressOf(number)}/24`, 'dev', 'eth0')
  await ipIn(namespace, 'link', 'set', 'eth0', 'up')
  await ipIn(namespace, 'route', 'add', 'default', 'via', addressOf(GATEWAY))
}

/**
 * Everybody knows everybody's hardware address for good: a neighbour that does not answer would be reported to its
 * callers after some seconds, and a host behind a router is not.
 */
async function introduce(port: Port, others: readonly Port[]): Promise<void> {
  await know(undefined, port.number)
  await know(port.namespace, GATEWAY)
  for (const other of others) {
    await know(other.namespace, port.number)
    await know(port.namespace, other.number)
  }
}

function know(namespace: string | undefined, number: number): Promise<unknown> {
  const neighbour = ['neigh', 'replace', addressOf(number), 'lladdr', macOf(number), 'nud', 'permanent', 'dev']
  return namespace === undefined ? ip(...neighbour, BRIDGE) : ipIn(namespace, ...neighbour, 'eth0')
}

function placeAt({ number, namespace, link }: Port): Place {
  let present = number
  return {
    address: addressOf(number),
    command: (command) => ['nsenter', `--net=${namespace}`, '--', ...command],
    wire: {
      async cut() {
        await ip('link', 'set', link, 'nomaster')
      },
      async mend() {
        await ip('link', 'set', link, 'master', BRIDGE)
      },
      async readdress() {
        const next = ((present - number + MAX_PLACES) % MOVES) + number
        await ipIn(namespace, 'addr', 'del', `${addressOf(present)}/24`, 'dev', 'eth0')
        await ipIn(namespace, 'addr', 'add', `${addressOf(next)}/24`, 'dev', 'eth0')
        await ipIn(namespace, 'route', 'replace', 'default', 'via', addressOf(GATEWAY))
        present = next
      },
    },
  }
}

function addressOf(number: number): string {
  return `${SUBNET}.${number}`
}

/** An address of the kind that is nobody's (IEEE 802, locally administered). */
function macOf(number: number): string {
  return `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`
}

function ip(...args: string[]) {
  return run('ip', args, { timeout: DEADLINE_MS })
}

function ipIn(namespace: string, ...args: string[]) {
  return run('nsenter', [`--net=${namespace}`, '--', 'ip', ...args], { timeout: DEADLINE_MS })
}
