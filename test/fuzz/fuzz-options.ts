import { parseArgs } from 'node:util'
import type { Campaign } from './campaign.ts'

const DEFAULT_MINUTES = 1
const MOST_MINUTES = 600
const MOST_SEED = 2 ** 32 - 1

export type FuzzOptions = {
  readonly help: boolean
  readonly seed: number
  /** Minutes for each campaign. */
  readonly minutes: number
  readonly most: number | undefined
  readonly chosen: readonly Campaign[]
}

/** @throws Error that says which option is wrong */
export function parseFuzzOptions(args: readonly string[], campaigns: readonly Campaign[]): FuzzOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      seed: { type: 'string' },
      minutes: { type: 'string', default: `${DEFAULT_MINUTES}` },
      most: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
    },
  })
  const unknown = values.only.filter((name) => !campaigns.some((campaign) => campaign.name === name))
  if (unknown.length > 0) throw new Error(`--only: there is no campaign ${unknown.join(', ')}`)
  return {
    help: values.help,
    seed: values.seed === undefined ? Date.now() % MOST_SEED : number('seed', values.seed, 0, MOST_SEED),
    minutes: number('minutes', values.minutes, 0.05, MOST_MINUTES),
    most: values.most === undefined ? undefined : number('most', values.most, 1, Number.MAX_SAFE_INTEGER),
    chosen: campaigns.filter(({ name }) => values.only.length === 0 || values.only.includes(name)),
  }
}

export function fuzzHelp(campaigns: readonly Campaign[]): string {
  const width = Math.max(0, ...campaigns.map(({ name }) => name.length))
  return `npm run test:fuzz [-- options]

Sends hostile input to a copy of the product on this machine, and says what died, grew or was held up.

  --minutes N   minutes for each campaign (${DEFAULT_MINUTES})
  --most N      ends a campaign once it has sent so many packets, messages or requests
  --seed S      plays the same again
  --only NAME   only this campaign; may be given several times

Campaigns:
${campaigns.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`).join('\n')}`
}

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= least && value <= most) return value
  throw new Error(`--${name}: a number from ${least} to ${most}`)
}
