import { z } from 'zod'
import { list, type SettingProblem, whole } from '../shared/settings.ts'
import type { EngineSettings, SpeechToText } from './captions/engine-settings.ts'

export const ENGINE_NAMES = [
  'pocketsphinx',
  'http',
  'openai-realtime',
  'deepgram',
  'vosk',
  'amazon-transcribe',
  'none',
] as const satisfies readonly EngineSettings['name'][]

const MAX_WORDS = 100
const LANGUAGE_PAIR = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*=[A-Za-z0-9][A-Za-z0-9_-]{0,34}$/

const httpUrl = () => z.url({ protocol: /^https?$/ })
const webSocketUrl = () => z.url({ protocol: /^wss?$/ })

/** What each engine may need to know, as the environment has it. */
export const speechToTextShape = {
  STT_ENGINE: z.enum(ENGINE_NAMES).default('pocketsphinx').meta({
    description:
      'What recognises speech: `pocketsphinx`, `http`, `openai-realtime`, `deepgram`, `vosk`, `amazon-transcribe`; `none` leaves captions out',
  }),
  STT_FALLBACK: z
    .enum(ENGINE_NAMES)
    .default('none')
    .meta({ description: 'What recognises speech while `STT_ENGINE` cannot be had' }),
  STT_MAX_STREAMS: whole(1, 10_000)
    .default(8)
    .meta({ description: 'Speakers recognised at once, others wait for a turn; one takes PocketSphinx about 100 MB' }),
  STT_BUFFER_SECONDS: whole(1, 300)
    .default(30)
    .meta({ description: 'Seconds of each speaker that are kept, and recognised once the engine can be had again' }),
  STT_LANGUAGES: list()
    .pipe(
      z.array(z.string().regex(LANGUAGE_PAIR, 'each is a language and what the engine calls it, such as `en=en-US`')),
    )
    .transform((pairs) => Object.fromEntries(pairs.map((pair) => split(pair))))
    .optional()
    .meta({
      description: 'The languages that are recognised, and what the engine calls them, such as `en=en-US,pt=pt-BR`',
      defaultText: 'those the engine is known to have; for `vosk` English, for `http` any',
    }),
  STT_VOCABULARY: list()
    .pipe(z.array(z.string().max(100, 'each has at most 100 characters')).max(MAX_WORDS, `at most ${MAX_WORDS}`))
    .default([])
    .meta({ description: 'Comma-separated names and words to expect; for `http`, `openai-realtime`, `deepgram`' }),
  POCKETSPHINX_MODELS: z
    .string()
    .default('/usr/share/pocketsphinx/model')
    .meta({ description: 'Folder with one folder for each PocketSphinx model, such as `en-us`' }),
  STT_HTTP_URL: httpUrl()
    .optional()
    .meta({ description: "The service's address, such as `http://127.0.0.1:9000/api/v1/transcribe-stream`" }),
  STT_HTTP_TOKEN: z
    .string()
    .optional()
    .meta({ description: 'Sent to `STT_HTTP_URL` as `Authorization: Bearer <token>`' }),
  OPENAI_REALTIME_URL: webSocketUrl()
    .default('wss://api.openai.com/v1/realtime')
    .meta({ description: 'OpenAI, or a server that speaks its Realtime API' }),
  OPENAI_API_KEY: z
    .string()
    .optional()
    .meta({ description: 'Key for `OPENAI_REALTIME_URL`; `flat` servers may need none' }),
  OPENAI_REALTIME_MODEL: z
    .string()
    .min(1)
    .default('gpt-live-transcribe')
    .meta({ description: 'Model of transcription' }),
  OPENAI_REALTIME_SHAPE: z
    .enum(['current', 'flat'])
    .default('current')
    .meta({ description: '`flat` is the older shape of sessions, which servers such as speaches speak' }),
  DEEPGRAM_URL: webSocketUrl()
    .default('wss://api.deepgram.com/v1/listen')
    .meta({ description: 'Deepgram, or a server that speaks its live API' }),
  DEEPGRAM_API_KEY: z.string().optional().meta({ description: 'Key for `DEEPGRAM_URL`' }),
  DEEPGRAM_MODEL: z.string().min(1).default('nova-3').meta({ description: 'Model of `DEEPGRAM_URL`' }),
  VOSK_URL: webSocketUrl().optional().meta({ description: 'A vosk-server, such as `ws://127.0.0.1:2700`' }),
  TRANSCRIBE_REGION: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'such as `us-east-1`')
    .optional()
    .meta({ description: "Region of Amazon Transcribe; credentials come from the AWS SDK's usual places" }),
  TRANSCRIBE_ENDPOINT: httpUrl().optional().meta({ description: "Instead of Amazon's own address in the region" }),
  TRANSCRIBE_VOCABULARY: z
    .string()
    .regex(/^[0-9a-zA-Z._-]{1,200}$/, 'the name of a vocabulary')
    .optional()
    .meta({ description: "Name of one of the account's custom vocabularies" }),
} as const

export type SpeechToTextSettings = z.infer<z.ZodObject<typeof speechToTextShape>>

/** Which settings the chosen engines lack. */
export function speechToTextProblems(settings: Partial<SpeechToTextSettings>): readonly SettingProblem[] {
  return (['STT_ENGINE', 'STT_FALLBACK'] as const).flatMap((chosenBy) => {
    const name = settings[chosenBy] ?? 'none'
    return neededBy(settings, name)
      .filter((needed) => settings[needed] === undefined)
      .map((needed) => ({ name: needed, message: `${chosenBy}=${name} needs it` }))
  })
}

/** How speech becomes text. Throws where `speechToTextProblems` has something to say. */
export function speechToTextOf(settings: SpeechToTextSettings): SpeechToText {
  const fallback = engineOf(settings, settings.STT_FALLBACK)
  return {
    engine: engineOf(settings, settings.STT_ENGINE),
    fallback: fallback.name === 'none' ? undefined : fallback,
    maxStreams: settings.STT_MAX_STREAMS,
    bufferMs: settings.STT_BUFFER_SECONDS * 1_000,
  }
}

function neededBy(
  settings: Partial<SpeechToTextSettings>,
  name: EngineSettings['name'],
): (keyof SpeechToTextSettings)[] {
  switch (name) {
    case 'http':
      return ['STT_HTTP_URL']
    case 'openai-realtime':
      return settings.OPENAI_REALTIME_SHAPE === 'flat' ? [] : ['OPENAI_API_KEY']
    case 'deepgram':
      return ['DEEPGRAM_API_KEY']
    case 'vosk':
      return ['VOSK_URL']
    case 'amazon-transcribe':
      return ['TRANSCRIBE_REGION']
    default:
      return []
  }
}

/** The settings of the engine of that name. Throws where it lacks one. */
export function engineOf(settings: SpeechToTextSettings, name: EngineSettings['name']): EngineSettings {
  const { STT_LANGUAGES: languages, STT_VOCABULARY: vocabulary } = settings
  switch (name) {
    case 'none':
      return { name }
    case 'pocketsphinx':
      return { name, modelPath: settings.POCKETSPHINX_MODELS }
    case 'http':
      return { name, url: needed(settings.STT_HTTP_URL), token: settings.STT_HTTP_TOKEN, languages, vocabulary }
    case 'openai-realtime': {
      const { OPENAI_REALTIME_URL: url, OPENAI_REALTIME_MODEL: model, OPENAI_REALTIME_SHAPE: shape } = settings
      return { name, url, model, shape, apiKey: settings.OPENAI_API_KEY, languages, vocabulary }
    }
    case 'deepgram': {
      const { DEEPGRAM_URL: url, DEEPGRAM_MODEL: model } = settings
      return { name, url, model, apiKey: needed(settings.DEEPGRAM_API_KEY), languages, vocabulary }
    }
    case 'vosk':
      return { name, url: needed(settings.VOSK_URL), languages }
    case 'amazon-transcribe': {
      const { TRANSCRIBE_ENDPOINT: endpoint, TRANSCRIBE_VOCABULARY: vocabularyName } = settings
      return { name, region: needed(settings.TRANSCRIBE_REGION), endpoint, vocabularyName, languages }
    }
  }
}

function needed(value: string | undefined): string {
  if (value === undefined) throw new Error('the settings of this engine were not checked')
  return value
}

function split(pair: string): [string, string] {
  const at = pair.indexOf('=')
  return [pair.slice(0, at), pair.slice(at + 1)]
}
