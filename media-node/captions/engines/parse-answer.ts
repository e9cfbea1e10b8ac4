import type { z } from 'zod'
import { EngineTrouble } from './engine-trouble.ts'

/** An engine's answer, which is JSON; throws an `EngineTrouble` when it is not, or not of its shape. */
export function parseAnswer<S extends z.ZodType>(text: string, schema: S): z.infer<S> {
  const parsed = schema.safeParse(jsonOf(text))
  if (!parsed.success) throw new EngineTrouble('unreachable', 'answered in a shape that is not its own')
  return parsed.data
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new EngineTrouble('unreachable', 'answered what is not JSON')
  }
}
