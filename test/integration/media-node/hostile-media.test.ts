import assert from 'node:assert/strict'
import { test } from 'node:test'
import { srtpCampaign } from '../../fuzz/srtp/srtp-campaign.ts'

const SEED = Number(process.env['FUZZ_SEED'] ?? 12)
const PACKETS = 60_000
/** Only a machine that hangs takes so long. */
const DEADLINE_MS = 240_000

test(`[M414] RTP, RTCP, STUN and DTLS of whatever form over real SRTP end no worker and disturb nobody (seed ${SEED})`, async () => {
  const { sent, problems } = await srtpCampaign.run({
    seed: SEED,
    forMs: DEADLINE_MS,
    most: PACKETS,
    progress: () => undefined,
  })
  assert.deepEqual(problems, [])
  const all = Object.values(sent).reduce((sum, count) => sum + count, 0)
  assert.ok(all >= PACKETS, `${all} packets were sent`)
})
