import { stopSignal } from '../../dev/stop-signal.ts'
import { parseSwarmOptions } from '../../dev/swarm-options.mjs'
import { prepareImages } from './images.ts'
import { joinOneMachineSwarm } from './one-machine-swarm.ts'
import { playCall } from './play-call.ts'
import { deployTestStack } from './test-stack.ts'

const INTERRUPTED = 130

const options = parseSwarmOptions(process.argv.slice(2))
if (typeof options === 'string') throw new Error(options)

const owner = new AsyncDisposableStack()
const stopAsked = stopSignal()
const code = await Promise.race([test(options.pull), stopAsked.then(() => INTERRUPTED)])
say('removing everything')
await owner.disposeAsync()
say(code === 0 ? 'passed' : 'FAILED')
process.exit(code)

/** @returns the exit code */
async function test(pull: boolean): Promise<number> {
  try {
    const images = await prepareImages(pull, say)
    await joinOneMachineSwarm(owner)
    say('deploying the stack')
    const stack = await deployTestStack(images, owner)
    await playCall(stack, owner, say)
    return 0
  } catch (error) {
    say(error instanceof Error ? `${error.stack}\n${error.cause ?? ''}` : `${error}`)
    return 1
  }
}

function say(line: string): void {
  console.log(line)
}
