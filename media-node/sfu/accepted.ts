import { CallError } from '../../shared/protocol/error-code.ts'

/** mediasoup's errors for something that was closed in the meantime. */
const CLOSED = new Set(['WorkerClosedError', 'NotFoundError'])

/**
 * Waits for mediasoup to take a client's parameters.
 *
 * @throws CallError `bad_request` when mediasoup refuses them, `invalid_state` when what they are for has closed
 */
export async function accepted<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    if (cause instanceof Error && CLOSED.has(cause.constructor.name)) {
      throw new CallError('invalid_state', 'What this is for has been closed.', { cause })
    }
    throw new CallError('bad_request', 'The media node cannot work with these WebRTC parameters.', { cause })
  }
}
