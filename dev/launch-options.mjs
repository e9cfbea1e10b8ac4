import { parseArgs } from 'node:util'

const MOST_NODES = 16

export const LAUNCH_HELP = `npm start [-- options]

Installs what is missing and runs JBCalling on this machine: control plane, media nodes, stores and the page.

  --port <number>   port of the page and the API (8080); each media node takes two of the ports after it
  --nodes <number>  how many media nodes, 1 to ${MOST_NODES} (1)
  --verbose         show everything the processes log, not only warnings
  --help            show this

Environment: REDIS_URL and DYNAMODB_ENDPOINT replace the embedded stores, DATA_DIR is where data is kept (.data),
MEDIA_PORT the first port for media (40000), WORKERS how many each media node has. The README lists the rest.`

/** @typedef {{ port: number, nodes: number, verbose: boolean, help: boolean }} LaunchOptions */

/**
 * @param {readonly string[]} args
 * @returns {LaunchOptions | string} the options, or what is wrong with them
 */
export function parseLaunchOptions(args) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '8080' },
        nodes: { type: 'string', default: '1' },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const nodes = wholeNumber('--nodes', values.nodes, MOST_NODES)
    const port = wholeNumber('--port', values.port, 65_535 - MOST_NODES)
    return { port, nodes, verbose: values.verbose, help: values.help }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/**
 * @param {string} option
 * @param {string} text
 * @param {number} most
 */
function wholeNumber(option, text, most) {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number
  throw new Error(`${option} ${text} is not a whole number from 1 to ${most}`)
}
