import { z } from 'zod'
import { EngineTrouble, troubleOfStatus } from './engine-trouble.ts'
import { parseAnswer } from './parse-answer.ts'

/** What a Realtime server says that matters here. */
export type RealtimeEvent =
  | { readonly type: 'started' | 'idle' | 'unknown' }
  | { readonly type: 'committed'; readonly itemId: string }
  | { readonly type: 'more' | 'so-far' | 'completed'; readonly itemId: string; readonly text: string }
  | { readonly type: 'error'; readonly code: string; readonly status: number | undefined; readonly harmless: boolean }

const typed = z.object({ type: z.string().optional() })
const item = z.object({ item_id: z.string() })
const delta = z.object({ item_id: z.string(), delta: z.string().nullish() })
const transcript = z.object({ item_id: z.string(), transcript: z.string() })
const code = z.union([z.string(), z.number()]).nullish()
/** OpenAI's error is an object; servers of one's own also put an HTTP status in its code, or only a text in its place. */
const failed = z.object({ code, error: z.union([z.object({ type: z.string().nullish(), code }), z.string()]) })

/** Known, and of no use here. */
const IDLE = new RegExp(
  [
    /^(conversation|session|transcription_session)\.created$/,
    /^conversation\.item\.(created|added|done|retrieved|deleted|truncated)$/,
    /^conversation\.item\.input_audio_transcription\.segment$/,
    /^input_audio_buffer\.(cleared|speech_started|speech_stopped|timeout_triggered)$/,
    /^rate_limits\.updated$/,
  ]
    .map(({ source }) => source)
    .join('|'),
)

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

/**
 * Throws an `EngineTrouble` when it is no JSON object, or an event of a wrong shape. Events that are of no use here are
 * `idle`, and those of other types `unknown`.
 */
export function parseRealtimeEvent(text: string): RealtimeEvent {
  const { type = '' } = parseAnswer(text, typed)
  return READERS[type]?.(text) ?? { type: IDLE.test(type) ? 'idle' : 'unknown' }
}

/** What an error event means. While a session opens, a request that is not valid is one of wrong settings. */
export function troubleOfError(
  { code, status }: { readonly code: string; readonly status?: number | undefined },
  when: { readonly opening: boolean },
): EngineTrouble {
  if (status !== undefined) return troubleOfStatus(status)
  const detail = `answered with the error ${code}`
  if (/rate_limit|too_many|overloaded|concurren/.test(code)) return new EngineTrouble('overloaded', detail)
  const settings = /quota|billing|api_key|authenti|permission|model_not_found/.test(code)
  return new EngineTrouble(settings || (when.opening && !/server/.test(code)) ? 'refused' : 'unreachable', detail)
}

function readError(text: string): RealtimeEvent {
  const { error, code: outer } = parseAnswer(text, failed)
  const { type, code: inner } = typeof error === 'string' ? {} : error
  const code = inner ?? outer ?? type ?? 'unknown'
  const status = /^[1-5]\d\d$/.test(`${code}`) ? Number(code) : undefined
  const known = typeof code === 'string' && /^[a-z0-9_.]{1,64}$/.test(code) ? code : 'unknown'
  return { type: 'error', code: known, status, harmless: known === 'invalid_request_error' }
}
