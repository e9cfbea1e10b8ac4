import assert from 'node:assert/strict'
import type { Router } from 'mediasoup/types'
import type { TapSource } from '../../../media-node/captions/speaker-captions.ts'
import { Taps } from '../../../media-node/sfu/taps.ts'
import type { Microphone } from '../media-node/test-router.ts'

/** The taps of a room of these microphones. */
export function tapsOn(router: Router, microphones: readonly Microphone[]): TapSource {
  const taps = new Taps(router)
  return {
    async tap(producerId, onRtp) {
      const found = microphones.find(({ producer }) => producer.id === producerId)
      return await taps.tap(found?.producer ?? assert.fail(), onRtp)
    },
  }
}
