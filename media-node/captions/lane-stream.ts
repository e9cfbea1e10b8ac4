import type { CaptionMetrics } from './caption-metrics.ts'
import { CaptureClock } from './capture-clock.ts'
import type { OpusDecoder } from './opus-decoder.ts'
import { isOpusSilence, OPUS_CLOCK_HZ, opusConcealment, opusPacketSamples } from './opus-packet.ts'
import { type ArrivedPacket, PacketOrder } from './packet-order.ts'
import { type PcmChunk, PcmChunker } from './pcm-chunker.ts'
import { pcmLevel } from './pcm-level.ts'
import { parseRtpPacket } from './rtp-packet.ts'
import { SpeechGain } from './speech-gain.ts'
import { HANG_OVER_MS, PRE_ROLL_MS, SpeechGate } from './speech-gate.ts'
import { WrappingCounter } from './wrapping-counter.ts'

/** Where the speech of a stream goes, utterance by utterance; times are monotonic milliseconds. */
export type SpeechSink = {
  /** `firstArrivedAt` is when the first packet came in that has sound of the utterance. */
  begin(startedAt: number, firstArrivedAt: number): void
  /** `packet` is the one that completed the chunk. */
  write(chunk: { pcm: Int16Array; heardUntil: number; packet: ArrivedPacket }): void
  end(): void
}

export type LaneStreamParts = {
  readonly decoder: OpusDecoder
  readonly audioLevelId: number | undefined
  readonly sink: SpeechSink
  readonly count: CaptionMetrics['count']
}

/** An Opus packet at its place on the stream's clock. */
type Sound = { readonly ticks: number; readonly samples: number; readonly payload: Uint8Array }
type EarlierSound = Sound & { readonly arrivedAt: number }

const TICKS_PER_MS = OPUS_CLOCK_HZ / 1000
const TICKS_PER_SAMPLE = 3
const SILENT = 127
/** A lost packet is concealed up to here; what is lost beyond is silence. */
const MAX_CONCEALED_TICKS = 100 * TICKS_PER_MS
const SILENCE_STEP_TICKS = 20 * TICKS_PER_MS
/** When the packets of an open utterance stay away for so long after a pause, it is over: DTX has set in. */
const ABSENT_AFTER_PAUSE_MS = HANG_OVER_MS + 60
/** The same in the middle of speech, where a network that stutters is likelier than a microphone switched off. */
const ABSENT_AFTER_SPEECH_MS = 1_000
/** When the stream's clock and ours differ by so much since the packet before, the stream began anew. */
const NEW_TIMELINE_MS = 5_000

/** Turns the packets of one speaker into the sound of their utterances, with no gap and nothing said left out. */
export class LaneStream {
  readonly #parts: LaneStreamParts
  readonly #order: PacketOrder
  readonly #chunker = new PcmChunker()
  #gate = new SpeechGate()
  #gain = new SpeechGain()
  /** What the decoder adds at the moment. */
  #gainDb = 0
  #captureClock = new CaptureClock()
  #timestamps = new WrappingCounter(32)
  #preRoll: EarlierSound[] = []
  #last: (ArrivedPacket & Sound) | undefined
  /** Up to here the present utterance has sound. */
  #soundUntil = 0
  #heardUntil = 0
  #absentMs = 0

  constructor(parts: LaneStreamParts) {
    this.#parts = parts
    this.#order = new PacketOrder(parts.count)
  }

  /** What arrived before belongs to no utterance to come. */
  get doneBefore(): number {
    return this.#preRoll[0]?.arrivedAt ?? this.#last?.arrivedAt ?? Number.NEGATIVE_INFINITY
  }

  push(bytes: Uint8Array, times: { arrivedAt: number; handedAt: number | undefined }): void {
    this.#parts.count('packets_received', 1)
    const packet = parseRtpPacket(bytes, this.#parts.audioLevelId)
    if (packet === undefined) this.#parts.count('packets_malformed', 1)
    else for (const next of this.#order.push({ ...packet, ...times })) this.#take(next)
  }

  /**
   * Notices what no packet tells: that packets stay away. Absence is counted in ticks and not by the clock, for after a
   * thread was held up, packets are waiting that only seem to stay away.
   */
  tick({ now, everyMs }: { now: number; everyMs: number }): void {
    for (const packet of this.#order.release(now)) this.#take(packet)
    this.#absentMs += everyMs
    const tolerated = this.#gate.loud ? ABSENT_AFTER_SPEECH_MS : ABSENT_AFTER_PAUSE_MS
    if (!this.#gate.open || this.#last === undefined || this.#absentMs < tolerated) return
    this.#gate.close()
    this.#end(this.#last)
  }

  /** No packet comes any more: those that wait for others wait no longer, and the utterance ends where the sound does. */
  finish(): void {
    for (const packet of this.#order.release(Number.POSITIVE_INFINITY)) this.#take(packet)
    if (this.#gate.open && this.#last !== undefined) {
      this.#gate.close()
      this.#end(this.#last)
    }
    this.close()
  }

  close(): void {
    this.#parts.decoder.close()
  }

  #take(packet: ArrivedPacket): void {
    if (packet.payload.length === 0) return
    const samples = opusPacketSamples(packet.payload)
    if (samples === undefined) {
      this.#parts.count('packets_undecodable', 1)
      return
    }
    const sound = { ...packet, samples, ticks: this.#placeOf(packet) }
    if (this.#last !== undefined && sound.ticks <= this.#last.ticks) {
      this.#parts.count('packets_late', 1)
      return
    }
    this.#captureClock.observe(sound.ticks + samples, packet.arrivedAt)
    this.#parts.count('audio_received_ms', samples / TICKS_PER_MS)
    if (this.#gate.open) this.#bridge(sound)
    this.#last = sound
    this.#absentMs = 0
    this.#hear(sound)
  }

  #placeOf(packet: ArrivedPacket): number {
    const ticks = this.#timestamps.unwrap(packet.timestamp)
    const last = this.#last
    if (last === undefined) return ticks
    const slip = (ticks - last.ticks) / TICKS_PER_MS - (packet.arrivedAt - last.arrivedAt)
    if (packet.ssrc === last.ssrc && Math.abs(slip) < NEW_TIMELINE_MS) return ticks
    this.#beginAnew(last)
    return this.#timestamps.unwrap(packet.timestamp)
  }

  #beginAnew(last: ArrivedPacket & Sound): void {
    if (this.#gate.open) this.#end(last)
    this.#gate = new SpeechGate()
    this.#gain = new SpeechGain()
    this.#captureClock = new CaptureClock()
    this.#timestamps = new WrappingCounter(32)
    this.#preRoll = []
    this.#last = undefined
  }

  #hear(sound: ArrivedPacket & Sound): void {
    const measured = sound.audioLevel === undefined ? this.#measure(sound) : undefined
    const level = sound.audioLevel ?? measured?.level ?? SILENT
    const durationMs = sound.samples / TICKS_PER_MS
    this.#gainDb = this.#gain.next(level, durationMs)
    this.#parts.decoder.amplify(this.#gainDb)
    const step = this.#gate.next(level - Math.min(level, this.#gainDb), durationMs)
    if (step === 'silence') {
      this.#keepForPreRoll(sound)
      return
    }
    if (step === 'begin') this.#begin(sound)
    if (this.#gate.loud) this.#heardUntil = this.#captureClock.capturedAt(sound.ticks + sound.samples)
    // What begins an utterance is decoded once more, after its pre-roll, as it is where the sender states the level.
    if (step !== 'begin' && measured !== undefined) this.#place(sound, measured.pcm, sound)
    else this.#decode(sound, sound)
    if (step === 'end') this.#end(sound)
  }

  /** The level where the sender states none. Silence that the sender says it is needs no decoding. */
  #measure({ payload }: Sound): { level: number; pcm: Int16Array | undefined } | undefined {
    if (isOpusSilence(payload)) return undefined
    const pcm = this.#parts.decoder.decode(payload)
    return { level: pcm === undefined ? SILENT : Math.min(SILENT, pcmLevel(pcm) + this.#gainDb), pcm }
  }

  #keepForPreRoll({ ticks, samples, payload, arrivedAt }: EarlierSound): void {
    const oldest = ticks + samples - PRE_ROLL_MS * TICKS_PER_MS
    this.#preRoll = this.#preRoll.filter((sound) => sound.ticks >= oldest)
    this.#preRoll.push({ ticks, samples, payload: payload.slice(), arrivedAt })
  }

  #begin(sound: ArrivedPacket & Sound): void {
    const earlier = this.#preRoll
    this.#preRoll = []
    this.#soundUntil = earlier[0]?.ticks ?? sound.ticks
    this.#chunker.begin(this.#soundUntil)
    this.#parts.decoder.reset()
    this.#parts.sink.begin(this.#captureClock.capturedAt(sound.ticks), earlier[0]?.arrivedAt ?? sound.arrivedAt)
    for (const before of earlier) this.#decode(before, sound)
  }

  /** Fills the way to a packet that does not follow upon the one before: lost packets or a sender that paused. */
  #bridge(sound: ArrivedPacket & Sound): void {
    const last = this.#last
    if (last === undefined) return
    const lost = ((sound.sequenceNumber - last.sequenceNumber) & 0xffff) !== 1
    if (lost) this.#conceal(last, Math.min(sound.ticks, this.#soundUntil + MAX_CONCEALED_TICKS), sound)
    while (this.#gate.open && this.#soundUntil < sound.ticks) {
      const ticks = Math.min(SILENCE_STEP_TICKS, sound.ticks - this.#soundUntil)
      this.#write(new Int16Array(Math.max(1, Math.floor(ticks / TICKS_PER_SAMPLE))), sound)
      if (this.#gate.next(SILENT, ticks / TICKS_PER_MS) === 'end') this.#end(sound)
    }
  }

  #conceal(last: Sound, until: number, packet: ArrivedPacket): void {
    const concealment = opusConcealment(last.payload)
    const samples = opusPacketSamples(concealment) ?? SILENCE_STEP_TICKS
    while (this.#soundUntil + samples <= until) {
      this.#decode({ ticks: this.#soundUntil, samples, payload: concealment }, packet)
    }
  }

  #decode(sound: Sound, packet: ArrivedPacket): void {
    this.#place(sound, this.#parts.decoder.decode(sound.payload), packet)
  }

  /** Writes what was decoded at its place; where it could not be, there is silence. */
  #place({ ticks, samples }: Sound, pcm: Int16Array | undefined, packet: ArrivedPacket): void {
    const missing = Math.floor((ticks - this.#soundUntil) / TICKS_PER_SAMPLE)
    if (missing > 0) this.#write(new Int16Array(missing), packet)
    if (pcm === undefined) this.#parts.count('packets_undecodable', 1)
    this.#write(pcm ?? new Int16Array(samples / TICKS_PER_SAMPLE), packet)
  }

  #write(pcm: Int16Array, packet: ArrivedPacket): void {
    this.#soundUntil += pcm.length * TICKS_PER_SAMPLE
    this.#handOn(this.#chunker.append(pcm), packet)
  }

  #end(packet: ArrivedPacket): void {
    this.#handOn(this.#chunker.end(), packet)
    this.#parts.sink.end()
  }

  #handOn(chunks: readonly PcmChunk[], packet: ArrivedPacket): void {
    for (const { pcm, endTicks } of chunks) {
      const heardUntil = Math.min(this.#heardUntil, this.#captureClock.capturedAt(endTicks))
      this.#parts.sink.write({ pcm, heardUntil, packet })
    }
  }
}
