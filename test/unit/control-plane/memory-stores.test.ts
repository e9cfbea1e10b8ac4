import { nodeRegistryContract } from '../../integration/shared/node-registry-contract.ts'
import { roomStoreContract } from '../../integration/shared/room-store-contract.ts'
import { transcriptStoreContract } from '../../integration/shared/transcript-store-contract.ts'
import { SettableClock } from '../shared/settable-clock.ts'
import { MemoryNodeRegistry } from './memory-node-registry.ts'
import { MemoryRoomStore } from './memory-room-store.ts'
import { MemoryTranscriptStore } from './memory-transcript-store.ts'

nodeRegistryContract('the memory of a test', async () => {
  const clock = new SettableClock()
  const registry = new MemoryNodeRegistry(clock)
  return {
    registry,
    passTime: async (ms) => clock.advance(ms),
    overflowed: () => registry.overflowed,
    stop: () => registry.close(),
  }
})

roomStoreContract('the memory of a test', async () => {
  const clock = new SettableClock()
  const store = new MemoryRoomStore(clock)
  return { store, passTime: (ms) => clock.advance(ms), stop: async () => store.close() }
})

transcriptStoreContract('the memory of a test', async () => {
  const clock = new SettableClock()
  const store = new MemoryTranscriptStore(clock)
  return { store, clock, stop: async () => store.close() }
})
