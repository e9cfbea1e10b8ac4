import { CallError } from '../../shared/protocol/error-code.ts'

/** Whatever was thrown, as the one error that callers meet. */
export function asCallError(cause: unknown): CallError {
  if (cause instanceof CallError) return cause
  return new CallError('internal', 'Something in this call went wrong.', { cause })
}
