import type { CallState } from './call-state.ts'
import { addCaption, noteStatus } from './captions.ts'
import { addParticipant, changeParticipant, changeTrack, type Participants, removeParticipant } from './participants.ts'
import type { NotificationHandlers } from './signalling.ts'
import { speakerOf } from './speaker-of.ts'
import type { Store } from './store.ts'

type StateHandlers = Omit<NotificationHandlers, 'welcome' | 'consumer-created' | 'consumer-closed'>

/** The notifications that change what there is to show and touch no media. */
export function stateHandlers(store: Store<CallState>): StateHandlers {
  const change = (part: Partial<CallState>) => store.set({ ...store.get(), ...part })
  const changeParticipants = (how: (participants: Participants) => Participants) =>
    change({ participants: how(store.get().participants) })
  const changeCaptions = (part: Partial<CallState['captions']>) =>
    change({ captions: { ...store.get().captions, ...part } })

  return {
    'participant-joined': (data) => changeParticipants((all) => addParticipant(all, data)),
    'participant-changed': (data) => changeParticipants((all) => changeParticipant(all, data)),
    'participant-left': ({ participantId }) => {
      changeParticipants((all) => removeParticipant(all, participantId))
      const troubles = store.get().captions.troubles.filter((trouble) => trouble.participantId !== participantId)
      changeCaptions({ troubles })
    },
    'consumer-paused': ({ consumerId }) => changeParticipants((all) => changeTrack(all, consumerId, { paused: true })),
    'consumer-resumed': ({ consumerId }) =>
      changeParticipants((all) => changeTrack(all, consumerId, { paused: false })),
    'active-speakers': ({ participantIds }) => change({ speakers: participantIds }),
    'captions-active': ({ active }) => changeCaptions({ active }),
    caption: (data) => {
      const line = { ...data, speaker: speakerOf(store.get(), data.participantId), receivedAt: Date.now() }
      changeCaptions({ transcript: addCaption(store.get().captions.transcript, line) })
    },
    'captions-status': (data) => changeCaptions({ troubles: noteStatus(store.get().captions.troubles, data) }),
  }
}
