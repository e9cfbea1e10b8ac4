import { browserEnvironment } from '../../../../client/sdk/environment.ts'
import { ChaosParticipant, STALL_MS } from '../participant/chaos-participant.ts'
import { GapWatch } from '../participant/gap-watch.ts'
import { camera, hum, speech } from './own-tracks.ts'
import { watchTrack } from './watch-track.ts'

declare global {
  interface Window {
    chaos: ChaosParticipant
  }
}

window.chaos = new ChaosParticipant({
  api: '',
  environment: browserEnvironment,
  tracks: async (plan) => ({
    microphone: plan.speech === undefined ? hum() : await speech(plan.speech),
    ...(plan.hasCamera && { camera: camera() }),
  }),
  watchTrack,
  /** Listens to a sound that never leaves the page. */
  watchStalls() {
    const watch = new GapWatch(STALL_MS)
    watchTrack(hum(), (at) => watch.note(at))
    return watch
  },
})
