import { parseArgs } from 'node:util'

export const SWARM_HELP = `npm run test:swarm [-- options]

Builds the images of infra-swarm, deploys infra-swarm/stack.yml on a Swarm of this one machine, has two browsers in a call
with captions on it, tries what TURN relays and whose connections are counted together, updates it during the call, kills a
media node, and removes everything again. Takes the ports 80, 443, 3478 and 40000 to 40003. Where no Docker engine answers it is skipped, and says so.

  --no-pull  asks no registry: what cannot be built here is replaced or left out, as where no registry can be reached
  --help     show this

Environment: NODE_IMAGE is what the images are built upon (node:24-bookworm-slim).`

/** @typedef {{ pull: boolean, help: boolean }} SwarmOptions */

/**
 * @param {readonly string[]} args
 * @returns {SwarmOptions | string} the options, or what is wrong with them
 */
export function parseSwarmOptions(args) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'no-pull': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    return { pull: !values['no-pull'], help: values.help }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
