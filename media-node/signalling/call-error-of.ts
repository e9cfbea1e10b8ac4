import type { Logger } from '../../shared/logging.ts'
import { CallError } from '../../shared/protocol/error-code.ts'

/** What is not a CallError is a fault of ours: its stack is logged and its text stays here. */
export function callErrorOf(error: unknown, logger: Logger): CallError {
  if (error instanceof CallError) return error
  logger.error({ err: error }, 'a signalling session failed')
  return new CallError('internal', 'The media node failed; the fault is logged there.')
}
