import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import type { z } from 'zod'
import { controlPlaneSettings } from '../../../control-plane/settings.ts'
import { mediaNodeSettings } from '../../../media-node/settings.ts'
import { exampleEnvironment, ROOT, readStack, type Service } from './stack-file.ts'

const { services, secrets, configs } = readStack(exampleEnvironment())
const mediaNodes = Object.entries(services).filter(([name]) => name.startsWith('media-node'))
const own = {
  'control-plane': controlPlaneSettings,
  'media-node': mediaNodeSettings,
  'media-node-b': mediaNodeSettings,
}

/** Read by the AWS SDK itself. */
const FOR_THE_SDK = 'AWS_SHARED_CREDENTIALS_FILE'

function service(name: string): Service {
  const found = services[name]
  assert.ok(found, name)
  return found
}

/** `150s` in milliseconds. */
function milliseconds(duration = ''): number {
  const [, seconds] = /^(\d+)s$/.exec(duration) ?? []
  assert.ok(seconds, duration)
  return Number(seconds) * 1_000
}

/** What `readSettings` reads, without files: those are secrets, and set in no test. */
function read(schema: z.ZodObject, { environment }: Service) {
  const given = Object.entries(environment).filter(([name, value]) => value !== '' && name !== FOR_THE_SDK)
  const values = given.filter(([name]) => name in schema.shape)
  const inFiles = {
    API_KEYS: '0123456789abcdef',
    TURN_SECRET: '0123456789abcdef',
    REDIS_URL: 'redis://:word@redis:6379',
  }
  return schema.parse({ ...Object.fromEntries(values), ...inFiles })
}

test('[Z1] no two services of a host publish the same port, and each is published one by one on the host itself', () => {
  const published = Object.values(services).flatMap(({ ports }) => ports)
  const places = published.map(({ published, protocol }) => `${published}/${protocol}`)
  assert.deepEqual([...new Set(places)], places)
  for (const port of published) assert.deepEqual([port.mode, port.target], ['host', port.published])
})

test('[Z1] each worker of a media node has its port published, UDP and TCP, and no other port of it is', () => {
  assert.equal(mediaNodes.length, 2)
  for (const [name, { environment, ports }] of mediaNodes) {
    const { WORKERS = 0, MEDIA_PORT } = mediaNodeSettings.parse({
      WORKERS: environment['WORKERS'],
      MEDIA_PORT: environment['MEDIA_PORT'],
    })
    const wanted = Array.from({ length: WORKERS }, (_, worker) => MEDIA_PORT + worker)
    for (const protocol of ['udp', 'tcp']) {
      const found = ports.filter((port) => port.protocol === protocol).map(({ published }) => published)
      assert.deepEqual(found, wanted, `${name} ${protocol}`)
    }
  }
})

test('[Z2] a media node has two cores and four gigabytes, and one is on each host with its label', () => {
  for (const [name, { deploy }] of mediaNodes) {
    assert.deepEqual(deploy.resources.limits, { cpus: '2', memory: '4G' }, name)
    assert.equal(deploy.mode, 'global', name)
  }
  const labels = mediaNodes.flatMap(([, { deploy }]) => deploy.placement.constraints)
  assert.deepEqual(labels, ['node.labels.jbcalling.media == true', 'node.labels.jbcalling.media-b == true'])
})

test('[Z2] every service has limits', () => {
  for (const [name, { deploy }] of Object.entries(services)) {
    assert.ok(deploy.resources.limits.cpus && deploy.resources.limits.memory, name)
  }
})

test('[Z3] a media node stops before its successor starts, one at a time, and has the time its calls take to move', () => {
  for (const [name, { deploy, environment, stop_grace_period }] of mediaNodes) {
    assert.deepEqual([deploy.update_config?.order, deploy.update_config?.parallelism], ['stop-first', 1], name)
    const drainMs = Number(environment['DRAIN_DEADLINE_SECONDS']) * 1_000
    assert.ok(milliseconds(stop_grace_period) > drainMs + Number(environment['STOP_DEADLINE_MS']), name)
  }
})

test('[Z3] two control planes are never down at once, stay on two hosts, and have the time their requests take', () => {
  const { deploy, environment, stop_grace_period } = service('control-plane')
  assert.deepEqual([deploy.replicas, deploy.update_config?.parallelism], [2, 1])
  assert.deepEqual(deploy.placement.preferences, [{ spread: 'node.id' }])
  assert.equal(deploy.update_config?.order, 'stop-first')
  assert.ok(milliseconds(stop_grace_period) > Number(environment['SHUTDOWN_DEADLINE_MS']))
})

test('[Z22] what is mounted has the order that `docker service update` gives it, so that a deploy after it changes nothing', () => {
  for (const name of Object.keys(own)) {
    // Docker's client sorts by source, which a tmpfs does not have, and then by target.
    const mounts = service(name).volumes.map((volume) => {
      const [source = '', target = ''] = typeof volume === 'string' ? volume.split(':') : ['', volume.target]
      return `${source} ${target}`
    })
    assert.deepEqual(mounts, mounts.toSorted(), name)
  }
})

test('[Z4] what publishes ports on its host stops before its successor starts', () => {
  for (const [name, { ports, deploy }] of Object.entries(services)) {
    if (ports.length > 0) assert.equal(deploy.update_config?.order, 'stop-first', name)
  }
})

test('[Z5] every secret and config that a service takes is declared, under a name with a version', () => {
  for (const [name, { secrets: taken, configs: mounted }] of Object.entries(services)) {
    for (const secret of taken) assert.ok(secrets[secret], `${name}: ${secret}`)
    for (const { source } of mounted) assert.ok(configs[source], `${name}: ${source}`)
  }
  for (const { name } of [...Object.values(secrets), ...Object.values(configs)]) assert.match(name, /^jbcalling-.+-1$/)
})

test('[Z5] every config is a file of this repository', () => {
  for (const { file } of Object.values(configs)) assert.ok(existsSync(join(ROOT, 'infra-swarm', file)), file)
})

test('[Z5] a file in /run/secrets that a service is told of is a secret it takes', () => {
  for (const [name, { environment, secrets: taken }] of Object.entries(services)) {
    for (const [setting, value] of Object.entries(environment)) {
      const [, secret] = /^\/run\/secrets\/(.+)$/.exec(value) ?? []
      if (secret !== undefined) assert.ok(taken.includes(secret), `${name}: ${setting}`)
    }
  }
})

test('[Z70] a media node behind Traefik has the limits for each caller that it has by itself', () => {
  for (const [name, { environment }] of mediaNodes) {
    const limits = Object.entries(environment).filter(([setting]) => setting.includes('PER_ADDRESS'))
    assert.ok(limits.length >= 5, name)
    const set = mediaNodeSettings.parse(Object.fromEntries(limits))
    assert.deepEqual(set, mediaNodeSettings.parse({}), name)
  }
})

test('[Z65] the password of Redis is in secrets only, of Redis itself and of those who ask it', () => {
  const { command = [], environment, secrets: taken } = service('redis')
  assert.deepEqual([environment, taken], [{}, ['redis-password']])
  assert.ok(
    !command.some((argument) => argument.includes('requirepass')),
    'where every process of the host could read it',
  )
  for (const [name, { environment, secrets: taken }] of Object.entries(services)) {
    const asksRedis = Object.keys(own).includes(name)
    assert.equal(taken.includes('redis-url'), asksRedis, name)
    assert.equal(environment['REDIS_URL_FILE'], asksRedis ? '/run/secrets/redis-url' : undefined, name)
    assert.ok(!('REDIS_URL' in environment), name)
  }
})

test('[Z6] every setting that a process of ours is given is one that it reads', () => {
  for (const [name, { shape }] of Object.entries(own)) {
    const unknown = Object.keys(service(name).environment)
      .filter((setting) => setting !== FOR_THE_SDK)
      .filter((setting) => !(setting in shape) && !(setting.replace(/_FILE$/, '') in shape))
    assert.deepEqual(unknown, [], name)
  }
})

test('[Z6] what must be set is enough for every process to start', () => {
  for (const [name, schema] of Object.entries(own)) {
    const { environment } = service(name)
    const filledIn = Object.entries(environment).map(([key, value]) => [
      key,
      value.replaceAll('{{.Node.Hostname}}', 'host-1'),
    ])
    assert.doesNotThrow(() => read(schema, { ...service(name), environment: Object.fromEntries(filledIn) }), name)
  }
})

test('[Z7] no image is without a version, and those of others can be pinned by a setting', () => {
  for (const [name, { image }] of Object.entries(services)) {
    assert.match(image, /^[a-z0-9./-]+:[a-z]?\d[\w.-]*$/, name)
    assert.doesNotMatch(image, /latest/, name)
  }
  const pinned = readStack({ ...exampleEnvironment(), REDIS_IMAGE: 'redis@sha256:0' })
  assert.equal(pinned.services['redis']?.image, 'redis@sha256:0')
})

test('[Z8] the processes of ours cannot write to their images', () => {
  for (const name of [...Object.keys(own), 'tables']) assert.equal(service(name).read_only, true, name)
})

test('[Z8] only the proxy and media are published, and whoever must be found by name has no virtual address', () => {
  const publishing = Object.entries(services)
    .filter(([, { ports }]) => ports.length > 0)
    .map(([name]) => name)
  assert.deepEqual(publishing, ['traefik', 'media-node', 'media-node-b'])
  for (const name of Object.keys(own)) assert.equal(service(name).deploy.endpoint_mode, 'dnsrr', name)
})

test('[Z71] the network between hosts can be encrypted by a second file, which changes nothing else', () => {
  const added = parse(readFileSync(join(ROOT, 'infra-swarm/stack.encrypted.yml'), 'utf8'))
  const inside = { driver: 'overlay', driver_opts: { encrypted: 'true' } }
  assert.deepEqual(added, { version: '3.8', networks: { inside } })
})

test('[Z72] no second file of the stack has a service with ports: Docker would drop their UDP', () => {
  const files = ['infra-swarm/stack.dynamodb.yml', 'infra-swarm/stack.encrypted.yml', 'test/swarm/stack.test.yml']
  for (const file of files) {
    const { services: changed = {} } = parse(readFileSync(join(ROOT, file), 'utf8'))
    for (const name of Object.keys(changed)) assert.deepEqual(services[name]?.ports ?? [], [], `${file}: ${name}`)
  }
})
