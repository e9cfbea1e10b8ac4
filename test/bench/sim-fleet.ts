import { parseArgs } from 'node:util'
import { machineLine } from './figures.ts'
import type { Outcome } from './fleet/outcome.ts'
import { policyNames } from './fleet/policies.ts'
import { fleetResult, fleetText } from './fleet/report.ts'
import { simulate } from './fleet/simulation.ts'
import { workload } from './fleet/workload.ts'
import { writeResult } from './write-result.ts'

const HELP = `npm run sim:fleet [-- --seed 1 --nodes 10000 --rooms 1000000 --write]

Simulates a day of so many rooms on up to so many media nodes, which come and go with the people, drain and die: with the
control plane's own choice, without its reservations, with the better of two, at random, and with reservations that last
longer. The same seed gives the same day.
--write puts the result into docs/benchmarks/fleet.md.`

const LEAST_NODES = 30

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    nodes: { type: 'string', default: '10000' },
    rooms: { type: 'string', default: '1000000' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) console.log(HELP)
else await simulateDay()

async function simulateDay(): Promise<void> {
  const machine = machineLine()
  const [seed, rooms] = [Number(options.seed), Math.max(1, Number(options.rooms))]
  const nodes = Math.max(LEAST_NODES, Number(options.nodes))
  console.log(machine)
  console.error('… who calls when')
  const day = workload(seed, rooms)
  const outcomes: Outcome[] = []
  for (const policy of policyNames) {
    const onHour = (hour: number) => {
      if (hour % 6 === 0) console.error(`… ${policy}, ${hour}:00`)
    }
    outcomes.push(simulate({ policy, workload: day, nodes, seed, onHour }))
  }
  const run = { seed, nodes, rooms, outcomes }
  console.log(`\n${fleetText(run)}`)
  if (!options.write) return
  const command = `npm run sim:fleet -- --seed ${seed} --nodes ${nodes} --rooms ${rooms} --write`
  await writeResult(fleetResult(run, { machine, command }))
}
