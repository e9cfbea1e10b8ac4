import assert from 'node:assert/strict'
import { test } from 'node:test'
import { srtpCampaign } from '../../fuzz/srtp/srtp-campaign.ts'

const SEED = Number(process.env['FUZZ_SEED'] ?? 12)
const PACKETS = 500_000
/** A slow machine sends fewer of them. */
const DEADLINE_MS = 60_000

test(`[M414] RTP, RTCP, STUN and DTLS of whatever form over real SRTP end no worker and disturb nobody (seed ${SEED})`, async () => {
  const { sent, problems } = await srtpCampaign.run({
    seed: SEED,
    forMs: DEADLINE_MS,
    most: PACKETS,
    progress: () => undefined,
  })
  assert.deepEqual(problems, [])
  assert.deepEqual(
    Object.entries(sent).filter(([, count]) => count === 0),
    [],
    'each kind was sent',
  )
})
