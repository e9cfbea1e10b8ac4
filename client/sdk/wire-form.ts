import type { z } from 'zod'

/** A value of mediasoup-client's looser types as the protocol's own; JSON leaves out the properties that are undefined. */
export function wireForm<T>(schema: z.ZodType<T>, value: unknown): T {
  return schema.parse(JSON.parse(JSON.stringify(value)))
}
