import { get } from 'node:http'
import { get as getByTls } from 'node:https'

/** Docker's health check of either image. A process that drains or misses a store is alive all the same: not `/ready`. */

const DEADLINE_MS = 3_000

const { PORT, TLS_FOLDER } = process.env
// The certificate is for the name that browsers use, which is not this address.
const asked = { host: '127.0.0.1', port: PORT, path: '/health', rejectUnauthorized: false }
const request = (TLS_FOLDER ? getByTls : get)({ ...asked, signal: AbortSignal.timeout(DEADLINE_MS) }, (answer) => {
  process.exit(answer.statusCode === 200 ? 0 : 1)
})
request.on('error', () => process.exit(1))
