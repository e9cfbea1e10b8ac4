import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chaosHelp, parseChaosOptions } from '../../chaos/chaos-options.ts'
import { faultSeed } from '../../chaos/fault-seed.ts'
import { allFaults } from '../../chaos/faults/all-faults.ts'

const known = ['killed', 'frozen', 'cut']
const parse = (...args: string[]) => parseChaosOptions(args, known, 0.25)

test('[Y3] without options every fault is played once, with eight clients and a seed of its own', () => {
  assert.deepEqual(parse(), { seed: 250_000, faults: known, clients: 8, rounds: 1, write: false, help: false })
})

test('[Y3] a seed, some faults in an order, clients and rounds can be given', () => {
  const options = parse('--seed', '7', '--faults', 'cut,killed', '--clients=6', '--rounds', '3', '--write')
  assert.deepEqual(options, { seed: 7, faults: ['cut', 'killed'], clients: 6, rounds: 3, write: true, help: false })
})

for (const args of [['--seed', 'x'], ['--faults', 'flood'], ['--clients', '2'], ['--rounds', '0'], ['--loud']]) {
  test(`[Y3] "${args.join(' ')}" is refused by name`, () => {
    assert.throws(() => parse(...args), new RegExp(args.at(-1) ?? ''))
  })
}

test('[Y3] the help names every fault, and no two have the same name', () => {
  const help = chaosHelp(allFaults)
  const names = allFaults.map(({ name }) => name)
  assert.deepEqual(
    names.filter((name) => !help.includes(name)),
    [],
  )
  assert.equal(new Set(names).size, names.length)
})

test('[Y4] a fault plays the same with the same seed in the same round, whichever others are played', () => {
  assert.equal(faultSeed(1, 'killed', 1), faultSeed(1, 'killed', 1))
  const others = [faultSeed(2, 'killed', 1), faultSeed(1, 'cut', 1), faultSeed(1, 'killed', 2)]
  assert.equal(new Set([faultSeed(1, 'killed', 1), ...others]).size, 4)
})
