import type { Method, Requests } from '../../shared/protocol/messages.ts'
import type { Participant } from '../sfu/participant.ts'

export type Handler<M extends Method> = (
  participant: Participant,
  data: Requests[M]['data'],
) => Requests[M]['reply'] | Promise<Requests[M]['reply']>

/** What is done at each request; the compiler asks for every method. A handler returns its reply or throws. */
export type Handlers = { readonly [M in Method]: Handler<M> }

/** Whoever shows captions to a participant, or stops. */
export type CaptionSwitch = {
  setCaptions(participant: Participant, data: Requests['set-captions']['data']): Requests['set-captions']['reply']
  /** Whether anybody in the participant's room reads captions. */
  active(participant: Participant): boolean
}

export function createHandlers(captions: Pick<CaptionSwitch, 'setCaptions'>): Handlers {
  return {
    'connect-transport': async (participant, data) => {
      await participant.connectTransport(data)
      return {}
    },
    'restart-ice': async (participant, { transportId }) => ({
      iceParameters: await participant.restartIce(transportId),
    }),
    receive: async (participant, { rtpCapabilities }) => ({ consumers: await participant.receive(rtpCapabilities) }),
    produce: async (participant, data) => ({ producerId: (await participant.produce(data)).id }),
    'close-producer': (participant, { producerId }) => {
      participant.closeProducer(producerId)
      return {}
    },
    'pause-producer': async (participant, { producerId }) => {
      await participant.pauseProducer(producerId)
      return {}
    },
    'resume-producer': async (participant, { producerId }) => {
      await participant.resumeProducer(producerId)
      return {}
    },
    'resume-consumer': async (participant, { consumerId }) => {
      await participant.resumeConsumer(consumerId)
      return {}
    },
    'set-captions': (participant, data) => captions.setCaptions(participant, data),
    'set-speech': (participant, data) => {
      participant.setSpeech(data)
      return {}
    },
    ping: () => ({}),
    leave: (participant) => {
      participant.close('left')
      return {}
    },
  }
}
