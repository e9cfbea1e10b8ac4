import { parseArgs } from 'node:util'

const MOST_CLIENTS = 12
const LEAST_CLIENTS = 6
const MOST_ROUNDS = 1_000
const SEEDS = 1_000_000

export type ChaosOptions = {
  readonly seed: number
  readonly faults: readonly string[]
  readonly clients: number
  readonly rounds: number
  readonly write: boolean
  readonly help: boolean
}

export function chaosHelp(faults: readonly { readonly name: string; readonly about: string }[]): string {
  const longest = Math.max(...faults.map(({ name }) => name.length))
  return `npm run test:chaos [-- options]

Starts a whole service on this machine (control plane, three media nodes, Redis, DynamoDB's API) with calls on it, whose
clients have the real SDK and real WebRTC, two of them in real browsers. Plays faults, one after the other. After each it
checks that nobody was interrupted for longer than the fault allows, that every client is back in its room with media flowing
both ways, that each room has one owner, that nothing is left over and no final caption is lost. Prints how long each took.

  --seed <number>     plays the same again: which media node, how long; without it any
  --faults <a,b,…>    only these, in this order
  --clients <number>  ${LEAST_CLIENTS} to ${MOST_CLIENTS}, in three rooms (8)
  --rounds <number>   how often (1)
  --write             puts the result into docs/benchmarks/chaos.md
  --help              show this

Ends with 0 when all was well, with 1 when something was not, with 2 on a wrong option, with 130 when it was interrupted,
and with 3 when the run is invalid: the machine had no room for the stage, so nothing can be concluded.

Faults:
${faults.map(({ name, about }) => `  ${name.padEnd(longest)}  ${about}`).join('\n')}`
}

/**
 * @param random 0 ≤ number < 1, of which a seed is made where none is given
 * @throws Error on an option that is wrong
 */
export function parseChaosOptions(args: readonly string[], known: readonly string[], random: number): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: `${Math.floor(random * SEEDS)}` },
      faults: { type: 'string', default: known.join(',') },
      clients: { type: 'string', default: '8' },
      rounds: { type: 'string', default: '1' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const faults = values.faults.split(',')
  const stranger = faults.find((name) => !known.includes(name))
  if (stranger !== undefined) throw new Error(`there is no fault "${stranger}"`)
  return {
    seed: wholeNumber('--seed', values.seed, [0, Number.MAX_SAFE_INTEGER]),
    faults,
    clients: wholeNumber('--clients', values.clients, [LEAST_CLIENTS, MOST_CLIENTS]),
    rounds: wholeNumber('--rounds', values.rounds, [1, MOST_ROUNDS]),
    write: values.write,
    help: values.help,
  }
}

function wholeNumber(option: string, text: string, [least, most]: readonly [number, number]): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  throw new Error(`${option} ${text} is not a whole number from ${least} to ${most}`)
}
