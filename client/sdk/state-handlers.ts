import { noteStatus } from './captions.ts'
import type { ConnectionState } from './connection-state.ts'
import { addParticipant, changeParticipant, changeTrack, type Participants, removeParticipant } from './participants.ts'
import type { NotificationHandlers } from './signalling.ts'
import type { Store } from './store.ts'

type StateHandlers = Omit<
  NotificationHandlers,
  'welcome' | 'resumed' | 'migrate' | 'consumer-created' | 'consumer-closed' | 'caption'
>

/** The notifications that change what there is to show of a connection and touch no media. */
export function stateHandlers(store: Store<ConnectionState>): StateHandlers {
  const change = (part: Partial<ConnectionState>) => store.set({ ...store.get(), ...part })
  const changeParticipants = (how: (participants: Participants) => Participants) =>
    change({ participants: how(store.get().participants) })

  return {
    'participant-joined': (data) => changeParticipants((all) => addParticipant(all, data)),
    'participant-changed': (data) => changeParticipants((all) => changeParticipant(all, data)),
    'participant-left': ({ participantId }) => {
      const troubles = store.get().troubles.filter((trouble) => trouble.participantId !== participantId)
      change({ participants: removeParticipant(store.get().participants, participantId), troubles })
    },
    'consumer-paused': ({ consumerId }) => changeParticipants((all) => changeTrack(all, consumerId, { paused: true })),
    'consumer-resumed': ({ consumerId }) =>
      changeParticipants((all) => changeTrack(all, consumerId, { paused: false })),
    'active-speakers': ({ participantIds }) => change({ speakers: participantIds }),
    'captions-active': ({ active }) => change({ captionsActive: active }),
    'captions-status': (data) => change({ troubles: noteStatus(store.get().troubles, data) }),
  }
}
