import type { CallError } from '../../shared/protocol/error-code.ts'

/** The answer to a request that failed, as it is sent. */
export function failureAnswer(id: number, { code, message }: CallError): string {
  return JSON.stringify({ id, error: { code, message } })
}
