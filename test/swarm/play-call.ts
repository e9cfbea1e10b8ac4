import { z } from 'zod'
import { room } from '../../shared/api.ts'
import { speakingMicrophone } from '../browser/microphone.ts'
import { Person } from '../browser/person.ts'
import { silence } from '../speech/synthesise.ts'
import { askStack } from './ask-stack.ts'
import { countsByCaller, reachesOnlyRelays, relaysToMediaNodesOnly } from './outsiders.ts'
import type { TestStack } from './test-stack.ts'
import { until } from './until.ts'

const ROOM = 'swarm-call'
const SENTENCES = [
  'please call the doctor before noon tomorrow',
  'we will meet again next week in the main office',
  'the weather in the north is cold and wet today',
]
const GAP_SECONDS = 2
/** RMS of full scale: speech is far above, comfort noise far below. */
const AUDIBLE = 0.01
const CAPTIONS_PATIENCE_MS = 90_000
/** A third browser on a small machine. */
const RELAY_PATIENCE_MS = 60_000
const FLEET_DEADLINE_MS = 120_000
const FRAMES_AGAIN = 10
/** A WebSocket that offers no subprotocol, which a media node refuses in a way of its own. */
const KNOCK = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}
const KNOCK_REFUSED = 400
/** Finals that prove that captions go on: one may have been under way. */
const MORE_FINALS = 2

/** Which service a media node of a one-machine stack is: the second one's id ends so. */
const serviceOf = (nodeId: string) => (nodeId.endsWith('-b') ? 'media-node-b' : 'media-node')

const fleet = z.object({ nodes: z.array(z.object({ nodeId: z.string(), draining: z.boolean() })) })

/** Two people in a call on the stack, through all that may happen to it. Rejects at the first promise that is not kept. */
export async function playCall(
  stack: TestStack,
  owner: AsyncDisposableStack,
  say: (line: string) => void,
): Promise<void> {
  await showsOutsideOnlyWhatItMust(stack)
  await fleetIs(stack, 2)
  say('ok: two media nodes have announced themselves; routes, figures and the fleet are closed to strangers')
  const [speaker, reader, relayed] = await openPeople(owner)
  await Promise.all([speaker.join(stack.url, ROOM), reader.join(stack.url, ROOM)])
  await Promise.all([speaker.seesOthers(1), reader.seesOthers(1)])
  await reader.listen()
  await reader.hears(AUDIBLE)
  await reader.turnCaptions('on')
  await reader.readsFinals(1, CAPTIONS_PATIENCE_MS)
  say(`ok: a call through the proxy, seen, heard and read: "${await lastFinal(reader)}"`)
  await callsByRelay(relayed, stack)
  say(
    'ok: a call by coturn alone, which relays to the media node and to no other address, and opens no TCP connections',
  )
  await countsByCaller(stack, await hostOf(stack))
  await goesOn(reader)
  say('ok: a caller with too many connections is refused, whatever address it names, and another one gets in')
  await prometheusSees(stack, { 'control-plane': 2, 'media-node': 2 })
  say('ok: Prometheus sees both control planes and both media nodes')
  await updates(stack, reader, say)
  await staysAsItIs(stack, reader)
  say('ok: the deploy after the updates replaced nothing of ours')
  await killed(stack, reader, say)
}

async function openPeople(owner: AsyncDisposableStack): Promise<readonly [Person, Person, Person]> {
  const speech = await speakingMicrophone(
    SENTENCES.map((text) => ({ text, voice: 'rms' as const })),
    GAP_SECONDS,
  )
  const flags = ['--ignore-certificate-errors']
  const open = async (name: string, microphone: string) => {
    const person = await Person.open({ name, microphone, flags })
    owner.defer(() => person.close())
    return person
  }
  return [await open('Ana', speech.file), await open('Ben', await silence()), await open('Cai', await silence())]
}

/** Somebody whom only TURN reaches sees the others, and leaves. */
async function callsByRelay(person: Person, stack: TestStack): Promise<void> {
  await reachesOnlyRelays(person)
  await person.join(stack.url, ROOM)
  await until('pictures by the relay', RELAY_PATIENCE_MS, () => person.seesOthers(2).then(() => true))
  await relaysToMediaNodesOnly(stack, ROOM)
  await person.close()
}

async function updates(stack: TestStack, reader: Person, say: (line: string) => void): Promise<void> {
  const first = serviceOf(await hostOf(stack))
  const others = ['media-node', 'media-node-b'].filter((service) => service !== first)
  for (const service of [first, ...others, 'control-plane']) {
    const before = await hostOf(stack)
    const started = Date.now()
    await stack.update(service)
    await goesOn(reader)
    const seconds = Math.round((Date.now() - started) / 1_000)
    say(`ok: ${service} was updated in ${seconds} s; the room is on ${await hostOf(stack)} (before on ${before})`)
    await fleetIs(stack, 2)
  }
  await readsOn(reader)
  say(`ok: the call went on with captions; now run ${JSON.stringify(await stack.versions())}`)
}

/** The guide's last step of an update: on one host it must not restart both media nodes. */
async function staysAsItIs(stack: TestStack, reader: Person): Promise<void> {
  const before = await stack.tasks()
  await stack.deploySecond()
  await readsOn(reader)
  const after = await stack.tasks()
  if (`${before}` !== `${after}`) throw new Error(`the deploy replaced tasks: before ${before}, after ${after}`)
}

async function killed(stack: TestStack, reader: Person, say: (line: string) => void): Promise<void> {
  const before = await hostOf(stack)
  const started = Date.now()
  await stack.kill(serviceOf(before))
  await until('the room has another media node', FLEET_DEADLINE_MS, async () =>
    (await hostOf(stack)) === before ? undefined : true,
  )
  const moved = Date.now() - started
  await goesOn(reader)
  say(
    `ok: ${before} was killed; the room moved after ${moved} ms, pictures came again within ${Date.now() - started} ms`,
  )
  await readsOn(reader)
  await fleetIs(stack, 2)
  say('ok: captions came again, and the Swarm started another media node')
}

/** The call's page shows new pictures of the other person, and is still in the call. */
async function goesOn(person: Person): Promise<void> {
  await person.pictureAfterFrames(FRAMES_AGAIN)
  await person.page.getByRole('button', { name: 'Leave', exact: true }).waitFor()
}

async function readsOn(person: Person): Promise<void> {
  const finals = new Set((await person.captions()).filter(({ final }) => final).map(({ segmentId }) => segmentId))
  await person.readsFinals(finals.size + MORE_FINALS, CAPTIONS_PATIENCE_MS)
}

async function lastFinal(person: Person): Promise<string> {
  return (await person.captions()).findLast(({ final }) => final)?.text ?? ''
}

async function hostOf({ url, operatorKey }: TestStack): Promise<string> {
  const { status, body } = await askStack(`${url}/v1/rooms/${ROOM}`, { authorization: `Bearer ${operatorKey}` })
  if (status !== 200) throw new Error(`the room was answered with ${status}`)
  return room.parse(JSON.parse(body)).nodeId
}

async function fleetIs({ url, operatorKey }: TestStack, count: number): Promise<void> {
  await until(`${count} media nodes that take rooms`, FLEET_DEADLINE_MS, async () => {
    const { body } = await askStack(`${url}/v1/nodes`, { authorization: `Bearer ${operatorKey}` })
    const { nodes } = fleet.parse(JSON.parse(body))
    const routes = await Promise.all(nodes.map(({ nodeId }) => askStack(`${url}/media/${nodeId}/v1/signalling`, KNOCK)))
    const reachable = routes.filter(({ status }) => status === KNOCK_REFUSED)
    const ready = nodes.filter(({ draining }) => !draining)
    if (ready.length !== count || reachable.length !== count) throw new Error(JSON.stringify({ nodes, routes }))
    return true
  })
}

async function showsOutsideOnlyWhatItMust({ url }: TestStack): Promise<void> {
  await until('the page', FLEET_DEADLINE_MS, async () => ((await askStack(url)).status === 200 ? true : undefined))
  const expected = { '/v1/nodes': 401, '/v1/nodes/routes': 404, '/metrics': 404, '/stats': 404, '/health': 200 }
  for (const [path, status] of Object.entries(expected)) {
    const answer = await askStack(`${url}${path}`)
    if (answer.status !== status) throw new Error(`${path} was answered with ${answer.status} instead of ${status}`)
  }
}

async function prometheusSees(stack: TestStack, wanted: Readonly<Record<string, number>>): Promise<void> {
  await until('Prometheus sees every process', FLEET_DEADLINE_MS, async () => {
    const query = 'http://prometheus:9090/api/v1/query?query=up==1'
    const answer = await stack.inside(`console.log(await (await fetch('${query}')).text())`)
    for (const [job, count] of Object.entries(wanted)) {
      const seen = [...answer.matchAll(new RegExp(`"job":"${job}"`, 'g'))].length
      if (seen !== count) throw new Error(`${seen} of ${job}`)
    }
    return true
  })
}
