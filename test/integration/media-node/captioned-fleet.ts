import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { systemClock } from '../../../shared/clock.ts'
import { redisNodeRegistry } from '../../../shared/node-registry/redis-node-registry.ts'
import { signJoinToken } from '../../../shared/token.ts'
import { dynamoDbTranscriptStore } from '../../../shared/transcript-store/dynamodb-transcript-store.ts'
import type { TranscriptLine } from '../../../shared/transcript-store/transcript-store.ts'
import { RawTransport } from '../../raw-media/raw-transport.ts'
import { rtpSpeech } from '../../speech/rtp-speech.ts'
import { pocketSphinxEars } from '../../speech-servers/hearing.ts'
import { startHttpSpeechServer } from '../../speech-servers/http-speech-server.ts'
import { startStores } from '../control-plane/stores.ts'
import { MediaNodeProcess, serveKeys } from './media-node-process.ts'
import { capabilities, opus } from './rtp.ts'
import { TestClient } from './test-client.ts'
import { type Joined, signingKeys } from './test-node.ts'
import { until } from './until.ts'

/** The kernel drops UDP packets of which it holds more than about a hundred. */
const PACKETS_AT_ONCE = 25

const stats = z.object({ counts: z.object({ captionDecoders: z.number() }) })

export type FleetRoom = { readonly roomId: string; readonly epoch: number; readonly createdAt: number }

export type CaptionedNode = {
  readonly id: string
  readonly process: MediaNodeProcess
  readonly signallingUrl: string
  /** How many speakers are listened to. */
  readonly listened: () => Promise<number>
}

/**
 * Media nodes as an operator runs them, with real Redis and DynamoDB's API, which have speech recognised by a service whose
 * answers a test may hold back.
 */
export async function startCaptionedFleet() {
  const stores = await startStores()
  const registry = redisNodeRegistry({ url: stores.redis.url })
  const transcripts = dynamoDbTranscriptStore({ ...stores.transcripts, clock: systemClock })
  const { key, jwks } = await signingKeys()
  const keys = await serveKeys(jwks)
  const ears = await pocketSphinxEars(4)
  const engine = await startHttpSpeechServer(ears)
  const spool = await mkdtemp(join(tmpdir(), 'jbcalling-spool-'))
  const nodes: MediaNodeProcess[] = []
  let ssrc = 1_000
  return {
    registry,
    engine,
    /** `id` is that of a media node before it, whose place it takes. */
    async start(env: Readonly<Record<string, string>> = {}, id: string = randomUUID()): Promise<CaptionedNode> {
      const process = new MediaNodeProcess({
        ...stores.env,
        NODE_ID: id,
        JWKS_URL: keys.url,
        STT_ENGINE: 'http',
        STT_HTTP_URL: engine.url,
        TRANSCRIPT_RETENTION_DAYS: '1',
        TRANSCRIPT_SPOOL_DIR: join(spool, id),
        DRAIN_DEADLINE_SECONDS: '0',
        ...env,
      })
      nodes.push(process)
      const { port, metricsPort } = await process.ports()
      return {
        ...{ id, process, signallingUrl: `ws://127.0.0.1:${port}/v1/signalling` },
        async listened() {
          const answer = await fetch(`http://127.0.0.1:${metricsPort}/stats`)
          return stats.parse(await answer.json()).counts.captionDecoders
        },
      }
    },
    async join({ id, signallingUrl }: CaptionedNode, room: FleetRoom, participantId: string): Promise<Joined> {
      const token = await signJoinToken(key, {
        ...{ ...room, tokenId: randomUUID(), nodeId: id, participantId, displayName: participantId, language: 'en' },
        ...{ maxParticipants: 5, emptyTimeoutSeconds: 60, expiresAt: Date.now() + 60_000 },
      })
      const client = await new TestClient(signallingUrl, { token }).opened()
      const welcome = await client.next('welcome')
      const { consumers } = await client.request('receive', { rtpCapabilities: capabilities })
      return { client, welcome, consumers }
    },
    /** Says all of it at once by a microphone that was silent before; resolves when the worker has its last packet. */
    async speak(speaker: Joined, speech: Int16Array, node: CaptionedNode): Promise<void> {
      ssrc += 10
      // What a media node says of itself may be a second old: a speaker of before must have been seen to be gone.
      await untilListened(node, 0)
      const rtpParameters = opus(ssrc)
      await speaker.client.request('produce', { kind: 'audio', source: 'microphone', rtpParameters })
      const description = speaker.welcome.sendTransport
      const transport = await RawTransport.connect({ client: speaker.client, description })
      await untilListened(node, 1)
      const packets = rtpSpeech(speech, { ssrc, payloadType: 111, audioLevelId: 1 })
      for (let first = 0; first < packets.length; first += PACKETS_AT_ONCE) {
        for (const { packet } of packets.slice(first, first + PACKETS_AT_ONCE)) transport.sendRtp(packet)
        await transport.handled()
      }
      transport.close()
    },
    async stored({ roomId, createdAt }: FleetRoom): Promise<readonly TranscriptLine[]> {
      return (await transcripts.read({ roomId, createdAt }, { sinceMs: 0, limit: 100 })).lines
    },
    async stop(): Promise<void> {
      for (const { child } of nodes) child.kill('SIGKILL')
      await engine.close()
      ears.close()
      keys.server.close()
      transcripts.close()
      await registry.close()
      await stores.stop()
      await rm(spool, { recursive: true })
    },
  }
}

async function untilListened({ listened }: CaptionedNode, speakers: number): Promise<void> {
  await until(async () => assert.equal(await listened(), speakers))
}
