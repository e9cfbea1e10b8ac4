import { z } from 'zod'
import { roomId } from '../api.ts'
import type { NodeCommand, NodeReport } from './node-registry.ts'

const nodeReport: z.ZodType<NodeReport> = z.object({
  nodeId: z.string().min(1),
  url: z.string().min(1),
  region: z.string(),
  version: z.string(),
  load: z.number().transform((load) => Math.min(1, Math.max(0, load))),
  rooms: z.int().min(0),
  participants: z.int().min(0),
  draining: z.boolean(),
  openedRooms: z.array(z.string()),
})

const nodeCommand: z.ZodType<NodeCommand> = z.object({
  type: z.literal('close-room'),
  roomId,
  epoch: z.int().min(1),
})

/** What a node's heartbeat stored; undefined when it makes no sense, such as that of a newer version. */
export const readReport = (stored: string) => readJson(nodeReport, stored)

/** A command as it was left for a node; undefined when it makes no sense. */
export const readCommand = (stored: string) => readJson(nodeCommand, stored)

function readJson<T>(schema: z.ZodType<T>, stored: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(stored)).data
  } catch {
    return undefined
  }
}
