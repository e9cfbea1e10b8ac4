import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { before, type TestContext, test } from 'node:test'
import { silence } from '../speech/synthesise.ts'
import { ForeignHost } from './foreign-host.ts'
import { HostileNode, honestConsumer, honestWelcome } from './hostile-node.ts'
import { Person } from './person.ts'

declare global {
  interface Window {
    /** Every session description that the page has given to a peer connection as the other side's. */
    remoteDescriptions: string[]
  }
}

const UNSAFE = 'This server sent something unsafe'
/** Where screenshots of what people see are left; nowhere when not set. */
const SCREENSHOTS = process.env['SCREENSHOTS']

let quiet: string
before(async () => {
  quiet = await silence()
})

async function setUp(t: TestContext): Promise<{ ana: Person; foreign: ForeignHost; node: HostileNode }> {
  const foreign = await ForeignHost.listen()
  const node = await HostileNode.start(honestWelcome(9))
  const ana = await Person.open({ name: 'Ana', microphone: quiet })
  await ana.page.addInitScript(recordRemoteDescriptions)
  t.after(async () => {
    await ana.close()
    await node.close()
    foreign.close()
  })
  return { ana, foreign, node }
}

/** Runs in the browser. */
function recordRemoteDescriptions(): void {
  window.remoteDescriptions = []
  const { prototype } = RTCPeerConnection
  prototype.setRemoteDescription = new Proxy(prototype.setRemoteDescription, {
    apply(original, connection, args) {
      window.remoteDescriptions.push(args[0].sdp)
      return Reflect.apply(original, connection, args)
    },
  })
}

/** What a page has given to WebRTC names the foreign host nowhere. */
async function assertKeptAway(person: Person, foreign: ForeignHost, attack: string): Promise<void> {
  const descriptions = await person.page.evaluate(() => window.remoteDescriptions)
  assert.ok(!descriptions.some((sdp) => sdp.includes(foreign.address) || sdp.includes('evil')), attack)
  assert.deepEqual(foreign.contacts, [], attack)
}

async function shot(person: Person, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return
  await mkdir(SCREENSHOTS, { recursive: true })
  await person.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
}

type Attack = readonly [where: string, message: object]

/** Copies of a message, each with one text that goes on with lines of SDP. */
function attacksOn(message: object, lines: string): readonly Attack[] {
  const text = JSON.stringify(message)
  const ending = JSON.stringify(lines).slice(1, -1)
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"(?=[,}\]])/g)].map(({ 0: found, index }) => {
    const changed = `${text.slice(0, index)}${found.slice(0, -1)}${ending}"${text.slice(index + found.length)}`
    return [text.slice(Math.max(0, index - 40), index + found.length), JSON.parse(changed)]
  })
}

test('[W300] a hostile welcome is refused with a sentence in the lobby, and no foreign address is contacted', async (t) => {
  const { ana, foreign, node } = await setUp(t)
  const welcome = honestWelcome(9)
  const wanted =
    /foundation|"ip"|"address"|usernameFragment|password|"value"|profile-level-id|participantId|transportId/
  const attacks = attacksOn(welcome, foreign.lines).filter(([where]) => wanted.test(where))
  assert.ok(attacks.length > 10)
  for (const [where, hostile] of attacks) {
    node.welcome = hostile
    await ana.pressJoin(node.url, 'room')
    await ana.page.getByRole('alert').getByText(UNSAFE).waitFor()
    await assertKeptAway(ana, foreign, where)
  }
  await shot(ana, 'hostile-welcome')
  await ana.close()
  assert.deepEqual(foreign.contacts, [])
})

test('[W301] a hostile consumer ends the call with a sentence, and no foreign address is contacted', async (t) => {
  const { ana, foreign, node } = await setUp(t)
  const parameters = { [`x=1${foreign.lines}`]: 1 }
  const [codec] = honestConsumer.rtpParameters.codecs
  const withKey = { ...honestConsumer.rtpParameters, codecs: [{ ...codec, parameters }] }
  const attacks: readonly Attack[] = [
    ...attacksOn(honestConsumer, foreign.lines),
    ['a key of a codec', { ...honestConsumer, rtpParameters: withKey }],
  ]
  assert.ok(attacks.some(([where]) => where.includes('cname')))
  for (const [where, hostile] of attacks) {
    node.created = hostile
    await ana.pressJoin(node.url, 'room')
    await ana.page.getByText(UNSAFE).first().waitFor()
    await assertKeptAway(ana, foreign, where)
  }
  await shot(ana, 'hostile-consumer')
  node.created = undefined
  node.consumers = [{ ...honestConsumer, rtpParameters: withKey }]
  await ana.pressJoin(node.url, 'room')
  await ana.page.getByText(UNSAFE).first().waitFor()
  await assertKeptAway(ana, foreign, 'the answer to receive')
  await ana.close()
  assert.deepEqual(foreign.contacts, [])
})

test('[W302] a browser does contact what a media node names as its own address, so that silence means something', async (t) => {
  const { ana, foreign, node } = await setUp(t)
  const welcome = JSON.stringify(honestWelcome(foreign.port)).replaceAll('127.0.0.1', foreign.address)
  node.welcome = JSON.parse(welcome)
  node.consumers = [honestConsumer]
  await ana.pressJoin(node.url, 'room')
  await foreign.contacted
  assert.equal(foreign.contacts[0], 'UDP')
})

test('[W303] whoever types a name that would be refused reads why before joining, and can mend it', async (t) => {
  const { ana, node } = await setUp(t)
  await ana.page.goto(`${node.url}/?room=room`)
  const name = ana.page.getByLabel('Your name')
  await name.fill('Ana\u202egnp.exe')
  await ana.page.getByRole('alert').getByText('has an invisible character that is not allowed').waitFor()
  await shot(ana, 'bad-name')
  await ana.page.getByRole('button', { name: 'Join', exact: true }).click()
  assert.equal(await ana.page.getByRole('button', { name: 'Join', exact: true }).count(), 1)
  await name.fill('\u2800')
  await ana.page.getByRole('alert').getByText('needs at least one visible character').waitFor()
  await name.fill('محمد 👩‍👧')
  await ana.page.getByRole('alert').waitFor({ state: 'detached' })
  await ana.page.getByRole('button', { name: 'Join', exact: true }).click()
  await ana.page.getByRole('button', { name: 'Leave', exact: true }).waitFor()
})
