import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { connect } from 'node:tls'
import { TestNode } from './test-node.ts'
import { until } from './until.ts'

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jbcalling-tls-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

/** Puts a certificate of this name, that it signed itself, into the folder. */
function issue(folder: string, name: string): void {
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  execFileSync('openssl', ['req', '-x509', ...key, ...files, '-days', '2', '-subj', `/CN=${name}`], { stdio: 'ignore' })
}

/** The name in the certificate that is shown to whoever connects now. */
function shownName(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(new X509Certificate(socket.getPeerCertificate().raw).subject)
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

test('[M80] a certificate that is replaced is taken up, and one that cannot be used changes nothing', async (t) => {
  const folder = await newFolder(t)
  issue(folder, 'first')
  const node = await TestNode.start({ TLS_FOLDER: folder })
  t.after(() => node.close())
  const { port } = node.node
  const name = () => shownName(port)
  assert.equal(await name(), 'CN=first')
  const looked = async () => {
    node.clock.advance(60_000)
    return name()
  }
  const key = await readFile(join(folder, 'key.pem'))
  issue(folder, 'unusable')
  await writeFile(join(folder, 'key.pem'), key)
  for (let looks = 0; looks < 3; looks += 1) assert.equal(await looked(), 'CN=first')
  issue(folder, 'second')
  await until(async () => assert.equal(await looked(), 'CN=second'))
})

test('[M80] without a certificate that can be used it does not start, and says why', async (t) => {
  const folder = await newFolder(t)
  await assert.rejects(TestNode.start({ TLS_FOLDER: folder }), /TLS_FOLDER: .*cannot be used together \(ENOENT\)/)
  issue(folder, 'first')
  const key = await readFile(join(folder, 'key.pem'))
  issue(folder, 'second')
  await writeFile(join(folder, 'key.pem'), key)
  await assert.rejects(TestNode.start({ TLS_FOLDER: folder }), /TLS_FOLDER: .*cannot be used together/)
})
