import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { within } from '../integration/media-node/until.ts'
import { KEY_BYTES, type MasterKey, PROFILE, SALT_BYTES } from './srtp.ts'

/** DTLS 1.2 with `use_srtp` (RFC 5764). OpenSSL's command does the handshake, since Node has no DTLS. */

const KEYING_BYTES = 2 * (KEY_BYTES + SALT_BYTES)
const KEYING_MATERIAL = /Keying material: ([0-9A-F]+)/

export type Certificate = { readonly certFile: string; readonly keyFile: string; readonly fingerprint: string }

let certificate: Promise<Certificate> | undefined

/** The certificate of every handshake of this process; its files go when the process ends. */
export function ownCertificate(): Promise<Certificate> {
  certificate ??= createCertificate()
  return certificate
}

async function createCertificate(): Promise<Certificate> {
  const folder = mkdtempSync(join(tmpdir(), 'dtls-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  await promisify(execFile)('openssl', [...request, '-subj', '/CN=raw', '-keyout', keyFile, '-out', certFile])
  return { certFile, keyFile, fingerprint: new X509Certificate(readFileSync(certFile)).fingerprint256 }
}

/** One handshake as the client. Its owner carries the packets: those it asks to send, and those that come for it. */
export class DtlsHandshake {
  /** With which the client protects what it sends; rejects when the handshake fails. */
  readonly clientKey: Promise<MasterKey>
  readonly #socket: Socket
  readonly #process: ChildProcess
  #clientPort: number | undefined
  #closed = false

  static async start(send: (packet: Buffer) => void): Promise<DtlsHandshake> {
    const own = await ownCertificate()
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return new DtlsHandshake(socket, own, send)
  }

  private constructor(socket: Socket, { certFile, keyFile }: Certificate, send: (packet: Buffer) => void) {
    this.#socket = socket
    socket.on('message', (packet, { port }) => {
      this.#clientPort = port
      send(packet)
    })
    const connection = [
      '-connect',
      `127.0.0.1:${socket.address().port}`,
      '-dtls1_2',
      '-cert',
      certFile,
      '-key',
      keyFile,
    ]
    const keys = ['-use_srtp', PROFILE, '-keymatexport', 'EXTRACTOR-dtls_srtp', '-keymatexportlen', `${KEYING_BYTES}`]
    this.#process = spawn('openssl', ['s_client', ...connection, ...keys], { stdio: ['pipe', 'pipe', 'ignore'] })
    this.clientKey = within('the DTLS handshake', clientKeyOf(this.#process))
    this.clientKey.catch(() => undefined)
  }

  received(packet: Buffer): void {
    if (this.#clientPort !== undefined && !this.#closed) this.#socket.send(packet, this.#clientPort, '127.0.0.1')
  }

  /** Ends the client without a word to the server, for which the connection so goes on. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#process.kill('SIGKILL')
    this.#socket.close()
  }
}

async function clientKeyOf({ stdout }: ChildProcess): Promise<MasterKey> {
  if (stdout === null) throw new Error('the output is not piped')
  let output = ''
  for await (const data of stdout) {
    output += String(data)
    const material = Buffer.from(KEYING_MATERIAL.exec(output)?.[1] ?? '', 'hex')
    if (material.byteLength < KEYING_BYTES) continue
    // The keys of client and server come first, then their salts (RFC 5764 §4.2).
    const saltAt = 2 * KEY_BYTES
    return { key: material.subarray(0, KEY_BYTES), salt: material.subarray(saltAt, saltAt + SALT_BYTES) }
  }
  throw new Error('the DTLS handshake failed')
}
