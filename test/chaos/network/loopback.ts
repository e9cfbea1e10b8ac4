import type { Network } from './network.ts'

const LOOPBACK = '127.0.0.1'

/** Everything on this machine's loopback, where no cable can be pulled. */
export const loopbackNetwork: Network = {
  gateway: LOOPBACK,
  place: async () => ({ address: LOOPBACK, command: (command) => command }),
}
