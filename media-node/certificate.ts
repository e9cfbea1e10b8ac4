import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { Server as SecureServer } from 'node:https'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logging.ts'
import { SettingsError } from '../shared/settings.ts'

const LOOK_INTERVAL_MS = 60_000

/** A certificate with those above it, and its private key, in PEM. */
export type Certificate = { readonly cert: string; readonly key: string }

/**
 * Reads `cert.pem` and `key.pem` from a folder.
 *
 * @throws SettingsError when they are not there or do not belong together
 */
export async function readCertificate(folder: string): Promise<Certificate> {
  try {
    const [cert, key] = await Promise.all(['cert.pem', 'key.pem'].map((file) => readFile(join(folder, file), 'utf8')))
    const certificate = { cert: cert ?? '', key: key ?? '' }
    createSecureContext(certificate)
    return certificate
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new SettingsError([`TLS_FOLDER: cert.pem and key.pem in it cannot be used together${why}`])
  }
}

export type FollowOptions = {
  readonly server: Server
  readonly folder: string
  /** What the server has now. */
  readonly certificate: Certificate
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Looks into the folder now and then, and gives the server the certificate that replaced its own; connections stay as
 * they are. One that cannot be used is logged each time, and the last good one stays. Answers what ends this.
 */
export function followCertificate({ server, folder, certificate, clock, logger }: FollowOptions): () => void {
  let current = certificate
  let cancel = () => {}
  let stopped = false
  const look = async () => {
    try {
      const read = await readCertificate(folder)
      if (read.cert !== current.cert && !stopped && server instanceof SecureServer) {
        server.setSecureContext(read)
        current = read
        logger.info('the certificate was replaced')
      }
    } catch (err) {
      logger.error({ err }, 'the new certificate cannot be used')
    }
    if (!stopped) cancel = clock.after(LOOK_INTERVAL_MS, look)
  }
  cancel = clock.after(LOOK_INTERVAL_MS, look)
  return () => {
    stopped = true
    cancel()
  }
}
