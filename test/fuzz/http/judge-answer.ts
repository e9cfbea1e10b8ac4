import { problem } from '../../../shared/api.ts'
import { type HostileRequest, MARK } from './hostile-requests.ts'
import type { Answer } from './send-request.ts'

/** Codes of answers that say the service cannot do it now, which is no fault of it. */
const EXCUSED = ['no_capacity', 'unavailable']

/** What is answered by Node's parser of HTTP, before there is a request: no body tells more. */
const PARSER_STATUSES = [400, 408, 413, 431, 501, 505]

/** What is wrong with an answer; undefined when nothing is. */
export function faultOf({ kind, method, path, headers: sent }: HostileRequest, answer: Answer): string | undefined {
  const asked = `${kind}: ${method} ${JSON.stringify(path.slice(0, 80))}`
  const { status, headers, body } = answer
  if (status === undefined) return undefined
  if (kind === 'raw') return status >= 500 && !PARSER_STATUSES.includes(status) ? `${asked} got ${status}` : undefined
  const echoed = Object.entries(headers).find(([, value]) => String(value).includes(MARK))
  if (echoed) return `${asked} came back in the header ${echoed[0]}`
  // Without a body nobody can tell which of the codes it is, and `/ready` says in its own words what is away.
  if (method === 'HEAD' || /\bready\b/.test(path))
    return status >= 500 && status !== 503 ? `${asked} got ${status}` : undefined
  if (status < 400) return undefined
  if (body === '' && (PARSER_STATUSES.includes(status) || 'host' in sent)) return undefined
  const details = readProblem(body)
  if (!details || headers['content-type'] !== 'application/problem+json') {
    return `${asked} got ${status} without saying why: ${JSON.stringify(body.slice(0, 200))}`
  }
  if (details.status !== status) return `${asked} got ${status}, and in it ${details.status}`
  return status >= 500 && !EXCUSED.includes(details.code) ? `${asked} got ${status} ${details.code}` : undefined
}

function readProblem(body: string) {
  try {
    return problem.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}
