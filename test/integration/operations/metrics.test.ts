import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { opus } from '../media-node/rtp.ts'
import { promtool } from './promtool.ts'
import { startTwoProcesses, type TwoProcesses } from './two-processes.ts'

let processes: TwoProcesses
before(async () => {
  processes = await startTwoProcesses()
  const [one, two] = [await processes.join('metered', 'Ada'), await processes.join('metered', 'Grace')]
  await one.client.request('produce', { kind: 'audio', source: 'microphone', rtpParameters: opus(1) })
  await two.client.next('consumer-created')
  await two.client.request('set-captions', { enabled: true })
})
after(() => processes.stop())

for (const which of ['controlPlane', 'mediaNode'] as const) {
  test(`[V1] the metrics of the ${which} are named and explained as Prometheus wants them`, async (t) => {
    const problems = promtool(t, ['check', 'metrics'], await processes.metrics(which))
    if (problems !== undefined) assert.equal(problems, '')
  })
}

test('[V2] no metric names a room, a participant, an address or a media node', async () => {
  const texts = await Promise.all([processes.metrics('controlPlane'), processes.metrics('mediaNode')])
  assert.doesNotMatch(texts.join('\n'), /metered|Ada|Grace|127\.0\.0\.1|node-[0-9a-f]{8}/)
})
