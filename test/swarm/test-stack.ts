import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../../dev/bootstrap/paths.mjs'
import { docker, dockerLines } from './docker.ts'
import { type Images, OWN_IMAGES, VERSIONS } from './images.ts'
import { until } from './until.ts'

const run = promisify(execFile)
const START_DEADLINE_MS = 180_000
const UPDATE_DEADLINE_MS = 300_000
const REMOVE_DEADLINE_MS = 180_000
const NAME = 'jbcalling-test'
const HOST = 'localhost'

const OF_STACK = ['--filter', `label=com.docker.stack.namespace=${NAME}`]

export type TestStack = {
  readonly url: string
  /** The name of `url`. */
  readonly host: string
  /** The machine's address that browsers and the TURN server send media to: a relay sends to no loopback address. */
  readonly address: string
  /** One that may do everything at the API. */
  readonly operatorKey: string
  /** Has a service run the second version of its image; resolves when it does. */
  update(service: string): Promise<void>
  /** Deploys the stack as it is with the second version of our images everywhere. */
  deploySecond(): Promise<void>
  /** The tasks of our images that are to run, whether they already do or not. */
  tasks(): Promise<readonly string[]>
  /** Ends the container of a service as a crash would. */
  kill(service: string): Promise<void>
  /** How many containers of our images run which version. */
  versions(): Promise<Readonly<Record<string, number>>>
  /** Runs JavaScript in a container of the control plane, inside the stack's network. */
  inside(script: string): Promise<string>
}

/** Deploys infra-swarm/stack.yml, with what the test changes of it, until `owner` is disposed of. */
export async function deployTestStack(images: Images, owner: AsyncDisposableStack): Promise<TestStack> {
  const folder = await mkdtemp(join(tmpdir(), 'jbcalling-swarm-'))
  owner.defer(() => rm(folder, { recursive: true, force: true }))
  await makeSecrets(folder)
  owner.defer(removeStack)
  const env = settings(images, folder)
  await deploy(env)
  await until('all services run', START_DEADLINE_MS, isComplete).catch(async (cause: unknown) => {
    throw new Error(`the stack did not come up\n${await docker(['stack', 'ps', '--no-trunc', NAME])}`, { cause })
  })
  const keys = await readFile(join(folder, 'api-keys'), 'utf8')
  const [container = ''] = await containersOf('control-plane')
  return {
    url: `https://${HOST}`,
    host: HOST,
    address: mediaAddress(),
    operatorKey: keys.trim().split(',').at(-1) ?? '',
    async update(service) {
      const image = service === 'control-plane' ? service : 'media-node'
      const to = `jbcalling/${image}:${VERSIONS.second}`
      const args = ['service', 'update', '--quiet', '--detach=false', '--no-resolve-image', '--image', to]
      await docker([...args, `${NAME}_${service}`], { deadlineMs: UPDATE_DEADLINE_MS })
    },
    deploySecond: () => deploy({ ...env, VERSION: VERSIONS.second }),
    async tasks() {
      const wanted = ['--filter', 'desired-state=running', '--format', '{{.Image}} {{.ID}} {{.Name}}']
      const tasks = (await dockerLines(['stack', 'ps', '--no-trunc', ...wanted, NAME])).filter(isOwn)
      return tasks.filter((task) => !task.includes(` ${NAME}_tables.`)).toSorted()
    },
    async kill(service) {
      await docker(['kill', ...(await containersOf(service))])
    },
    async versions() {
      const names = await dockerLines(['ps', '--format', '{{.Image}}', ...OF_STACK])
      const byName = Map.groupBy(names.filter(isOwn), (name) => name)
      return Object.fromEntries([...byName].map(([name, { length }]) => [name, length]))
    },
    inside: (script) => docker(['exec', container, 'node', '--input-type=module', '-e', script]),
  }
}

async function deploy(env: Readonly<Record<string, string>>): Promise<void> {
  const files = ['infra-swarm/stack.yml', 'test/swarm/stack.test.yml'].flatMap((file) => ['-c', join(ROOT, file)])
  await docker(['stack', 'deploy', '--resolve-image', 'never', ...files, NAME], { env })
}

/** A line that begins with the name of one of our images. */
const isOwn = (line: string) => OWN_IMAGES.some((image) => line.startsWith(`jbcalling/${image}:`))

/** As make-secrets.sh makes them, and a certificate of our own. */
async function makeSecrets(folder: string): Promise<void> {
  const [script, image] = [join(ROOT, 'infra-swarm/make-secrets.sh'), `jbcalling/control-plane:${VERSIONS.first}`]
  await run(script, [image], { env: { ...process.env, SECRETS: folder } })
  const [key, certificate] = [join(folder, 'tls-key'), join(folder, 'tls-certificate')]
  const asked = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  await run('openssl', [...asked, '-subj', `/CN=${HOST}`, '-keyout', key, '-out', certificate])
  await writeFile(join(folder, 'aws-credentials'), '\n')
}

function settings({ env, hasGrafana }: Images, secrets: string): Readonly<Record<string, string>> {
  const version = `test-${process.pid}`
  return {
    ...env,
    DOMAIN: HOST,
    VERSION: VERSIONS.first,
    MEDIA_ADDRESS: mediaAddress(),
    ALLOWED_ORIGINS: `https://${HOST}`,
    SIGNALLING_URL: `wss://${HOST}/media`,
    DYNAMODB_ENDPOINT: 'http://dynamodb:8000',
    TURN_URLS: `turn:${mediaAddress()}:3478?transport=udp`,
    TURN_MEDIA_ADDRESSES: mediaAddress(),
    // Browsers that encode keep a small machine busy, which is no reason to turn anybody away here.
    MAX_NODE_LOAD: '1',
    // Few, so that a crowd from one container is too many.
    MAX_CONNECTIONS_PER_ADDRESS: '20',
    GRAFANA_REPLICAS: hasGrafana ? '1' : '0',
    SECRETS: secrets,
    SECRETS_VERSION: version,
    CONFIG_VERSION: version,
  }
}

/** The first address of this machine that is neither its own only nor of Docker's networks. */
function mediaAddress(): string {
  const outside = Object.entries(networkInterfaces()).filter(([name]) => !/^(docker|br-|veth)/.test(name))
  const found = outside
    .flatMap(([, addresses = []]) => addresses)
    .find(({ family, internal }) => family === 'IPv4' && !internal)
  if (found === undefined) throw new Error('this machine has no address but loopback, to which nothing is relayed')
  return found.address
}

async function isComplete(): Promise<true | undefined> {
  const services = await dockerLines(['service', 'ls', '--format', '{{.Name}} {{.Replicas}}', ...OF_STACK])
  const waiting = services.filter((line) => !isRunning(line) && !line.startsWith(`${NAME}_tables `))
  const tables = await docker(['service', 'ps', '--format', '{{.CurrentState}}', `${NAME}_tables`])
  if (waiting.length > 0 || !tables.includes('Complete')) throw new Error([...waiting, tables].join('; '))
  return true
}

function isRunning(line: string): boolean {
  const [, running, wanted] = / (\d+)\/(\d+)/.exec(line) ?? []
  return running === wanted
}

function containersOf(service: string): Promise<readonly string[]> {
  return dockerLines(['ps', '--quiet', '--filter', `label=com.docker.swarm.service.name=${NAME}_${service}`])
}

/** Everything but the images, which a next run finds again. */
async function removeStack(): Promise<void> {
  await docker(['stack', 'rm', NAME], { deadlineMs: REMOVE_DEADLINE_MS })
  await until('the containers are gone', REMOVE_DEADLINE_MS, async () => {
    const left = await dockerLines(['ps', '--all', '--quiet', ...OF_STACK])
    return left.length === 0 ? true : undefined
  })
  for (const kind of ['volume', 'network', 'config', 'secret']) {
    const left = await dockerLines([kind, 'ls', '--quiet', ...OF_STACK])
    if (left.length > 0) await docker([kind, 'rm', ...left])
  }
}
