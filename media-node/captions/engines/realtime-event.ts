import { z } from 'zod'
import { EngineTrouble } from './engine-trouble.ts'
import { parseAnswer } from './parse-answer.ts'

/** What a Realtime server says that matters here. */
export type RealtimeEvent =
  | { readonly type: 'started' | 'other' }
  | { readonly type: 'committed'; readonly itemId: string }
  | { readonly type: 'more' | 'so-far' | 'completed'; readonly itemId: string; readonly text: string }
  | { readonly type: 'error'; readonly code: string; readonly harmless: boolean }

const typed = z.object({ type: z.string() })
const item = z.object({ item_id: z.string() })
const delta = z.object({ item_id: z.string(), delta: z.string().nullish() })
const transcript = z.object({ item_id: z.string(), transcript: z.string() })
const failed = z.object({ error: z.object({ type: z.string().nullish(), code: z.string().nullish() }) })

const READERS: Readonly<Record<string, (text: string) => RealtimeEvent>> = {
  'session.updated': () => ({ type: 'started' }),
  'transcription_session.updated': () => ({ type: 'started' }),
  'input_audio_buffer.committed': (text) => ({ type: 'committed', itemId: parseAnswer(text, item).item_id }),
  'conversation.item.input_audio_transcription.delta': (text) => {
    const { item_id, delta: more } = parseAnswer(text, delta)
    return { type: 'more', itemId: item_id, text: more ?? '' }
  },
  'conversation.item.input_audio_transcription.completed': (text) => {
    const { item_id, transcript: said } = parseAnswer(text, transcript)
    return { type: 'completed', itemId: item_id, text: said }
  },
  'input_audio_buffer.partial_transcription': (text) => {
    const { item_id, transcript: said } = parseAnswer(text, transcript)
    return { type: 'so-far', itemId: item_id, text: said }
  },
  'conversation.item.input_audio_transcription.failed': readError,
  error: readError,
}

/** Throws an `EngineTrouble` when it is no event, or one of a wrong shape. Events of other types are `other`. */
export function parseRealtimeEvent(text: string): RealtimeEvent {
  const { type } = parseAnswer(text, typed)
  return READERS[type]?.(text) ?? { type: 'other' }
}

/** What an error event means. While a session opens, a request that is not valid is one of wrong settings. */
export function troubleOfError(
  { code }: { readonly code: string },
  when: { readonly opening: boolean },
): EngineTrouble {
  const detail = `answered with the error ${code}`
  if (/rate_limit|too_many|overloaded|concurren/.test(code)) return new EngineTrouble('overloaded', detail)
  const settings = /quota|billing|api_key|authenti|permission|model_not_found/.test(code)
  return new EngineTrouble(settings || (when.opening && !/server/.test(code)) ? 'refused' : 'unreachable', detail)
}

function readError(text: string): RealtimeEvent {
  const { error } = parseAnswer(text, failed)
  const code = error.code ?? error.type ?? 'unknown'
  const known = /^[a-z0-9_.]{1,64}$/.test(code) ? code : 'unknown'
  return { type: 'error', code: known, harmless: known === 'invalid_request_error' }
}
