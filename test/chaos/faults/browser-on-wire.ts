import type { Wire } from '../network/network.ts'
import type { Stage } from '../stage.ts'

/** The second browser's cable. @throws Error where it has none */
export function browserOnWire({ clients }: Stage): { readonly wire: Wire } {
  const wire = clients.at(-1)?.browser.place.wire
  if (wire === undefined) throw new Error('this needs a network namespace for each browser')
  return { wire }
}
