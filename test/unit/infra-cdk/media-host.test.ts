import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { until } from '../../integration/media-node/until.ts'
import { ILL_TURNS, MediaHost } from './media-host.ts'

const AUTOSCALING = 'aws autoscaling'
const UNITS = join(import.meta.dirname, '../../../infra-cdk/media-host')
const SCALING = '--auto-scaling-group-name group'

function host(t: TestContext): MediaHost {
  const made = new MediaHost()
  t.after(() => made.remove())
  return made
}

/** A certificate for a hundred days, as the secret has it. */
function certificateSecret(folder: string, name = '*.nodes.example', days = 100): string {
  const [cert, key] = [join(folder, 'cert'), join(folder, 'key')]
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert]
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  execFileSync('openssl', ['req', '-x509', ...made, '-days', `${days}`, ...names], { stdio: 'ignore' })
  return JSON.stringify({ certificate: readFileSync(cert, 'utf8'), privateKey: readFileSync(key, 'utf8') })
}

/** Secrets that an instance refuses, by what it says of each. */
function refusedSecrets(folder: string): Readonly<Record<string, string>> {
  const { privateKey } = JSON.parse(certificateSecret(folder))
  const ofAnotherKey = { ...JSON.parse(certificateSecret(folder)), privateKey }
  return {
    'is not JSON with a certificate': 'a random string',
    'is not JSON with a privateKey': '{"certificate":"alone"}',
    'has no certificate in PEM': '{"certificate":"no PEM","privateKey":"no PEM"}',
    'not for i-1.nodes.example; it wants one for *.nodes.example': certificateSecret(folder, '*.calls.example'),
    'private key that is not that of its certificate': JSON.stringify(ofAnotherKey),
  }
}

const called = (made: MediaHost, part: string) => made.calls.filter((call) => call.includes(part)).length

/** On a port of its own, which the world does not reach, and without TLS. */
const STATS = 'http://127.0.0.1:9091/stats'

test('[I30] before the media node starts, its certificate, its names, its image and its settings are there', async (t) => {
  const made = host(t)
  made.answer('--secret-id certificate', certificateSecret(made.folder))
  made.answer('--secret-id settings', '{"DEEPGRAM_API_KEY":"a=b c"}')
  assert.equal(await made.start('prepare.sh').exited, 0)
  assert.match(made.file('data/tls/cert.pem'), /BEGIN CERTIFICATE/)
  assert.match(made.file('data/tls/key.pem'), /BEGIN PRIVATE KEY/)
  assert.equal(made.file('run/secret.env'), 'DEEPGRAM_API_KEY=a=b c\n')
  assert.equal(
    made.file('run/node.env'),
    'NODE_ID=i-1\nPUBLIC_URL=wss://i-1.nodes.example\nMEDIA_ADDRESS=198.51.100.7\n',
  )
  const names = made.calls.filter((call) => call.includes('change-resource-record-sets'))
  assert.match(names[0] ?? '', /ZPUBLIC .*"UPSERT".*"i-1\.nodes\.example".*"198\.51\.100\.7"/)
  assert.match(names[1] ?? '', /ZPRIVATE .*"UPSERT".*"i-1\.nodes\.example".*"10\.0\.1\.7"/)
  for (const name of names) JSON.parse(name.slice(name.indexOf('{')))
  assert.ok(made.calls.includes('docker pull --quiet registry.example/media-node:1'))
  assert.match(
    made.calls.find((call) => call.includes('put-metric-data')) ?? '',
    /CertificateDays --value (99|100) --dimensions Stage=test/,
  )
})

test('[I30] a secret without a certificate for this instance and its key is refused with a sentence, and no media node is started', async (t) => {
  const made = host(t)
  for (const [says, secret] of Object.entries(refusedSecrets(made.folder))) {
    made.answer('--secret-id certificate', secret)
    assert.equal(await made.start('prepare.sh').exited, 1)
    assert.ok(made.file('errors').includes(says), made.file('errors'))
  }
  assert.equal(called(made, 'docker'), 0)
  assert.equal(called(made, 'put-metric-data'), 0)
})

test('[I30] a certificate on the disk stays in use while the secret is refused, and CloudWatch is told how long that one is good', async (t) => {
  const made = host(t)
  made.answer('--secret-id certificate', certificateSecret(made.folder, '*.nodes.example', 9))
  assert.equal(await made.start('certificate.sh').exited, 0)
  const files = () => [made.file('data/tls/cert.pem'), made.file('data/tls/key.pem')]
  const before = files()
  for (const secret of Object.values(refusedSecrets(made.folder))) {
    const told = called(made, 'put-metric-data')
    made.answer('--secret-id certificate', secret)
    assert.equal(await made.start('certificate.sh').exited, 1)
    assert.deepEqual(files(), before)
    assert.equal(called(made, 'put-metric-data'), told + 1)
    assert.match(made.calls.at(-1) ?? '', /CertificateDays --value [89] /)
  }
  assert.equal(await made.start('prepare.sh').exited, 0)
  assert.deepEqual(files(), before)
})

test('[I30] the unit prepares each start, and gives the container what was prepared and the network of the host', () => {
  const unit = readFileSync(join(UNITS, 'media-node.service'), 'utf8').replaceAll(/\\\n\s*/g, '')
  assert.match(unit, /^ExecStartPre=\/opt\/jbcalling\/prepare\.sh$/m)
  const [, run = ''] = /^ExecStart=\/usr\/bin\/docker run (.+) \$\{IMAGE\}$/m.exec(unit) ?? []
  assert.match(run, / --network host /)
  assert.match(run, / --volume \$\{HOST_DATA\}\/tls:\/tls:ro --volume \$\{HOST_DATA\}\/spool:\/var\/lib\/jbcalling /)
  const files = [...run.matchAll(/ --env-file (\S+)\.env/g)].map(([, file]) => basename(file ?? ''))
  assert.deepEqual(files, ['media-node', 'secret', 'node'])
})

test('[I31] an instance is in service once its media node is ready, and told so once', async (t) => {
  const made = host(t)
  made.answer('autoscaling/target-lifecycle-state', 'InService')
  made.answer('/health', '{}')
  made.answer(STATS, '{"counts":{"rooms":0}}')
  made.start('watch.sh')
  await until(() => assert.ok(called(made, '/ready') > 2))
  assert.equal(called(made, 'complete-lifecycle-action'), 0)
  made.answer('/ready', '{}')
  const continued = `${AUTOSCALING} complete-lifecycle-action ${SCALING} --instance-id i-1 --lifecycle-hook-name ready --lifecycle-action-result CONTINUE`
  await until(() => assert.ok(made.calls.includes(continued)))
  const turns = called(made, STATS)
  await until(() => assert.ok(called(made, STATS) > turns + 2))
  assert.equal(called(made, 'complete-lifecycle-action'), 1)
})

test('[I32] an instance with rooms is protected from scale-in, and one without is not', async (t) => {
  const made = host(t)
  made.answer('/health', '{}')
  made.answer(STATS, '{"counts":{"rooms":2}}')
  made.start('watch.sh')
  const set = (what: string) => `${AUTOSCALING} set-instance-protection ${SCALING} --instance-ids i-1 --${what}`
  await until(() =>
    assert.equal(made.calls.at(made.calls.lastIndexOf(set('protected-from-scale-in'))), set('protected-from-scale-in')),
  )
  made.answer(STATS, '{"counts":{"rooms":0}}')
  await until(() => assert.ok(made.calls.includes(set('no-protected-from-scale-in'))))
  assert.equal(called(made, 'set-instance-protection'), 2)
})

test('[I33] an instance that is to end drains, says so until it has, and only then lets go', async (t) => {
  const made = host(t)
  made.answer('/health', '{}')
  made.answer(STATS, '{"counts":{"rooms":0}}')
  made.answer('systemctl show', 'active')
  const watch = made.start('watch.sh')
  await until(() => assert.ok(called(made, STATS) > 1))
  made.answer('autoscaling/target-lifecycle-state', 'Terminated')
  await until(() => assert.ok(made.calls.includes('systemctl --no-block stop jbcalling-media-node')))
  made.answer('systemctl show', 'deactivating')
  await until(() => assert.ok(called(made, 'record-lifecycle-action-heartbeat') > 2))
  assert.equal(called(made, 'complete-lifecycle-action'), 0)
  assert.equal(called(made, '"DELETE"'), 0)
  made.answer('systemctl show', 'inactive')
  assert.equal(await watch.exited, 0)
  assert.equal(called(made, '"DELETE"'), 2)
  assert.equal(
    made.calls.at(-1),
    `${AUTOSCALING} complete-lifecycle-action ${SCALING} --instance-id i-1 --lifecycle-hook-name drained --lifecycle-action-result CONTINUE`,
  )
})

test('[I34] a media node that does not come back has its instance replaced, but not one that never came up', async (t) => {
  const made = host(t)
  made.start('watch.sh')
  await until(() => assert.ok(called(made, '/health') > 6))
  assert.equal(called(made, 'set-instance-health'), 0)
  made.answer('/ready', '{}')
  made.answer('/health', '{}')
  await until(() => assert.equal(called(made, 'complete-lifecycle-action'), 1))
  made.forget('/health')
  const ill = `${AUTOSCALING} set-instance-health --instance-id i-1 --health-status Unhealthy`
  await until(() => assert.ok(made.calls.includes(ill)))
  const missed = made.calls.slice(
    made.calls.findLastIndex((call) => call.includes(STATS)),
    made.calls.indexOf(ill),
  )
  assert.equal(missed.filter((call) => call.includes('/health')).length, ILL_TURNS)
})
