import type { HealthProbe, ProbeAnswer } from '../../../control-plane/health-probes.ts'

/** Media nodes that answer as the test says; nobody listens at the others. */
export class ScriptedHealth {
  readonly answers = new Map<string, ProbeAnswer>()
  /** The ids of the media nodes asked, in order. */
  readonly asked: string[] = []

  /** What happens while a media node is asked. */
  meanwhile: () => Promise<unknown> = async () => undefined

  readonly probe: HealthProbe = async ({ nodeId }) => {
    this.asked.push(nodeId)
    await this.meanwhile()
    return this.answers.get(nodeId) ?? 'refused'
  }
}
