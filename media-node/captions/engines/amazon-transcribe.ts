import {
  type AudioStream,
  LanguageCode,
  StartStreamTranscriptionCommand,
  type StartStreamTranscriptionCommandOutput,
  TranscribeStreamingClient,
  type TranscriptEvent,
} from '@aws-sdk/client-transcribe-streaming'
import { AwsCredentials } from '../../../shared/aws-credentials.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Engine } from '../engine.ts'
import { amazonLanguages } from './amazon-languages.ts'
import { troubleOfAmazon } from './amazon-trouble.ts'
import { EngineTrouble } from './engine-trouble.ts'
import { type LanguageTable, languageLookup } from './language-lookup.ts'
import { SAMPLE_RATE } from './pcm-bytes.ts'
import { RemoteEngine } from './remote-engine.ts'
import { SegmentTexts } from './segment-texts.ts'
import { chainSessions } from './session-chain.ts'
import type { Connect, OnTrouble, SpeechConnection, UtteranceAnswer } from './speech-connection.ts'
import { WaitingSound } from './waiting-sound.ts'

export type AmazonTranscribeSettings = {
  readonly region: string
  /** Instead of Amazon's own in the region. */
  readonly endpoint?: string | undefined
  /** The name of a custom vocabulary that the account has. */
  readonly vocabularyName?: string | undefined
  readonly languages?: LanguageTable | undefined
}

/** Amazon recommends events of 50 to 200 ms. */
const EVENT_MS = 100

/**
 * Recognises speech with Amazon Transcribe. Each utterance has a streaming session of its own: its end makes the service
 * say the final text at once, where in a session that goes on it would wait for a second or more of silence, which has
 * to be sent and paid for. The price is a minimum of 15 s that Amazon may charge for each session.
 */
export function amazonTranscribeEngine(settings: AmazonTranscribeSettings, maxStreams: number, clock: Clock): Engine {
  const { region, endpoint } = settings
  const credentials = new AwsCredentials(clock)
  const client = new TranscribeStreamingClient({
    region,
    maxAttempts: 1,
    credentials: credentials.provide,
    ...(endpoint !== undefined && { endpoint }),
  })
  credentials.watch(client)
  return new RemoteEngine({
    languages: languageLookup(settings.languages ?? amazonLanguages),
    maxStreams,
    clock,
    connect: (language) => chainSessions({ clock, connect: connectTo(client, settings, language), renewAfterMs: 0 }),
    onClose: () => client.destroy(),
  })
}

function connectTo(client: TranscribeStreamingClient, settings: AmazonTranscribeSettings, language: string): Connect {
  return async (onTrouble, signal) => {
    const code = Object.values(LanguageCode).find((known) => known === language)
    if (code === undefined) throw new EngineTrouble('refused', 'STT_LANGUAGES names a language that Amazon has not')
    const connection = new AmazonConnection(onTrouble)
    try {
      await connection.start(client, settings, code, signal)
      return connection
    } catch (error) {
      connection.close()
      throw signal.aborted ? signal.reason : troubleOfAmazon(error, { opening: true })
    }
  }
}

/** Carries one utterance. */
class AmazonConnection implements SpeechConnection {
  readonly #onTrouble: OnTrouble
  readonly #abort = new AbortController()
  readonly #waiting = new WaitingSound()
  readonly #segments = new SegmentTexts()
  #answer: UtteranceAnswer | undefined
  #finished = false
  #closed = false
  #wake: () => void = () => undefined

  constructor(onTrouble: OnTrouble) {
    this.#onTrouble = onTrouble
  }

  get queuedMs(): number {
    return this.#waiting.ms
  }

  async start(
    client: TranscribeStreamingClient,
    { vocabularyName }: AmazonTranscribeSettings,
    code: LanguageCode,
    signal: AbortSignal,
  ): Promise<void> {
    const command = new StartStreamTranscriptionCommand({
      LanguageCode: code,
      MediaEncoding: 'pcm',
      MediaSampleRateHertz: SAMPLE_RATE,
      EnablePartialResultsStabilization: true,
      PartialResultsStability: 'medium',
      AudioStream: this.#audio(),
      ...(vocabularyName !== undefined && { VocabularyName: vocabularyName }),
    })
    const taken = whenTaken(command)
    const sending = client.send(command, { abortSignal: AbortSignal.any([this.#abort.signal, signal]) })
    await Promise.race([taken, sending])
    this.#listen(sending)
  }

  begin(answer: UtteranceAnswer): void {
    this.#answer = answer
  }

  write(pcm: Int16Array): void {
    this.#waiting.add(pcm)
    this.#wake()
  }

  finish(): void {
    this.#finished = true
    this.#wake()
  }

  close(): void {
    this.#closed = true
    this.#wake()
    this.#abort.abort()
  }

  async *#audio(): AsyncGenerator<AudioStream> {
    while (!this.#closed) {
      if (this.#waiting.ms > 0) yield { AudioEvent: { AudioChunk: this.#waiting.take(EVENT_MS) } }
      else if (this.#finished) return
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }

  async #listen(sending: Promise<StartStreamTranscriptionCommandOutput>): Promise<void> {
    try {
      const { TranscriptResultStream = [] } = await sending
      for await (const { TranscriptEvent } of TranscriptResultStream) this.#heard(TranscriptEvent)
      if (!this.#finished) throw new EngineTrouble('unreachable', 'ended in the middle of an utterance')
      this.#answer?.final(this.#segments.text)
    } catch (error) {
      if (!this.#closed) this.#onTrouble(troubleOfAmazon(error, { opening: false }))
    } finally {
      this.close()
    }
  }

  #heard(event: TranscriptEvent | undefined): void {
    for (const { ResultId, IsPartial, Alternatives } of event?.Transcript?.Results ?? []) {
      // All of a result may be missing, and then it says nothing of any sound.
      const text = Alternatives?.[0]?.Transcript
      if (ResultId === undefined || text === undefined) continue
      this.#segments.say(ResultId, text, IsPartial !== true)
    }
    this.#answer?.partial(this.#segments.text)
  }
}

/** Resolves when the service has taken the stream; `send` itself waits until it says something about sound. */
function whenTaken(command: StartStreamTranscriptionCommand): Promise<void> {
  return new Promise((resolve) => {
    command.middlewareStack.add(
      (next) => async (args) => {
        const output = await next(args)
        if (statusOf(output.response) === 200) resolve()
        return output
      },
      { step: 'deserialize', priority: 'low', name: 'whenTaken' },
    )
  })
}

function statusOf(response: unknown): unknown {
  return typeof response === 'object' && response !== null && 'statusCode' in response ? response.statusCode : undefined
}
