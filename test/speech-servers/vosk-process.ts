import { setTimeout as wait } from 'node:timers/promises'
import { pocketSphinxEars } from './hearing.ts'
import { startVoskServer } from './vosk-server.ts'

/**
 * A vosk-server as a process of its own, to be killed and stopped: its argument is its port. After SIGUSR2 it takes longer
 * for each piece of sound than the sound itself, after the next one it is as fast as before.
 */

const HEARINGS = 2
const SLOW_MS = 4_500

const { faults } = await startVoskServer(await pocketSphinxEars(HEARINGS), Number(process.argv[2]))
let slow = false
process.on('SIGUSR2', () => {
  slow = !slow
})
Object.defineProperty(faults, 'late', { get: () => (slow ? wait(SLOW_MS) : undefined) })
process.stdout.write('listening\n')
