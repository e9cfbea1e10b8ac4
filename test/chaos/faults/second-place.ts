import type { Wire } from '../network/network.ts'
import type { Stage } from '../stage.ts'

/** The cable of the second place of clients. @throws Error where it has none */
export function secondPlace({ clients }: Stage): { readonly wire: Wire } {
  const wire = clients.at(-1)?.place.wire
  if (wire === undefined) throw new Error('this needs a network namespace for each place')
  return { wire }
}
