import type { z } from 'zod'
import { CallError } from '../../shared/protocol/error-code.ts'
import { isMethod, type Method, type Requests, requestEnvelope, requests } from '../../shared/protocol/messages.ts'

/** A request whose envelope is right, and whose data is not looked at yet. */
export type Envelope = z.infer<typeof requestEnvelope>

const schemas: { readonly [M in Method]: { readonly data: z.ZodType<Requests[M]['data']> } } = requests

/** @throws CallError `bad_request` when there is nothing in it that an answer could refer to */
export function parseEnvelope(text: string): Envelope {
  const envelope = requestEnvelope.safeParse(parseJson(text))
  if (!envelope.success) throw new CallError('bad_request', 'A request is { id, method, data }.')
  return envelope.data
}

/** @throws CallError `unknown_method` */
export function parseMethod(method: string): Method {
  if (!isMethod(method)) throw new CallError('unknown_method', 'There is no such method.')
  return method
}

/**
 * The data of a request; where a method needs none it may be left out.
 *
 * @throws CallError `bad_request` naming what is wrong, never its value
 */
export function parseData<M extends Method>(method: M, data: unknown): Requests[M]['data'] {
  const parsed = schemas[method].data.safeParse(data ?? {})
  if (parsed.success) return parsed.data
  const first = parsed.error.issues[0]
  throw new CallError('bad_request', `data.${first?.path.join('.') ?? ''}: ${first?.code ?? 'not as documented'}`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new CallError('bad_request', 'A message is JSON.', { cause })
  }
}
