import { z } from 'zod'
import { roomId } from '../api.ts'
import type { KnownNode, NodeCommand, NodeReport } from './node-registry.ts'

/** A report as it is kept. */
export type StoredReport = Omit<NodeReport, 'openedRooms'>

const unitInterval = (load: number) => Math.min(1, Math.max(0, load))

const storedReport: z.ZodType<StoredReport> = z.object({
  nodeId: z.string().min(1),
  url: z.string().min(1),
  internalUrl: z.url({ protocol: /^https?$/ }).exactOptional(),
  region: z.string(),
  version: z.string(),
  load: z.number().transform(unitInterval),
  rooms: z.int().min(0),
  participants: z.int().min(0),
  draining: z.boolean(),
})

const placed = { roomId, epoch: z.int().min(1) }
const nodeCommand: z.ZodType<NodeCommand> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('close-room'), ...placed }),
  z.object({ type: z.literal('room-moved'), ...placed }),
  z.object({ type: z.literal('drain'), deadlineSeconds: z.int().min(0) }),
  z.object({ type: z.literal('cancel-drain') }),
])

/** A report as it is stored: what opened is told once and not kept. */
export function writeReport({ openedRooms, ...report }: NodeReport): string {
  return JSON.stringify({ ...report, load: unitInterval(report.load) } satisfies StoredReport)
}

/** A node by its age, the report that its heartbeat stored, and how many reservations it has, in all and firm. */
type StoredNode = readonly [ageMs: number, report: string, reservations: number, firmReservations: number]

/** A node as it is kept; undefined when that makes no sense. */
export function readNode([ageMs, stored, reservations, firmReservations]: StoredNode): KnownNode | undefined {
  const report = readJson(storedReport, stored)
  return report && { ...report, ageMs, reservations, firmReservations }
}

/** A command as it was left for a node; undefined when it makes no sense, such as one of a newer version. */
export const readCommand = (stored: string) => readJson(nodeCommand, stored)

function readJson<T>(schema: z.ZodType<T>, stored: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(stored)).data
  } catch {
    return undefined
  }
}
