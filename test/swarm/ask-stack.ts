import { request } from 'node:https'
import { text } from 'node:stream/consumers'

const DEADLINE_MS = 5_000

export type Answer = { readonly status: number; readonly body: string }

/** Asks what the stack shows to the outside, by POST where there is a body; its certificate is the test's own. */
export function askStack(url: string, headers: Readonly<Record<string, string>> = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const options = {
      method,
      headers,
      rejectUnauthorized: false,
      agent: false,
      signal: AbortSignal.timeout(DEADLINE_MS),
    }
    const asked = request(url, options, (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject)
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
