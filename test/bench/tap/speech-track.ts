import { rtpSpeech } from '../../speech/rtp-speech.ts'
import { synthesise } from '../../speech/synthesise.ts'
import { readWav } from '../../speech/wav.ts'
import { SENTENCES, VOICES } from '../sentences.ts'

/** 20 ms of speech as a browser would send it; `level` is RFC 6464's. */
export type SpeechFrame = { readonly payload: Uint8Array; readonly level: number }

/** Speech without an end: the last frame is followed by the first. */
export type SpeechTrack = readonly SpeechFrame[]

const FRAME_SAMPLES = 960
const HEADER_BYTES = 20
const LEVEL_OFFSET = 17
/** RMS of 16-bit samples below which a frame is a pause. */
const PAUSE_RMS = 300
/** Pauses are cut to this, well below what ends an utterance. */
const LONGEST_PAUSE_FRAMES = 4
const SENTENCES_PER_TRACK = 4

/** Speech that goes on and on, in every voice, so that the gate of whoever hears it stays open. */
export async function speechTracks(): Promise<readonly SpeechTrack[]> {
  const tracks: SpeechTrack[] = []
  for (const voice of VOICES) {
    for (let first = 0; first + SENTENCES_PER_TRACK <= SENTENCES.length; first += SENTENCES_PER_TRACK) {
      const text = SENTENCES.slice(first, first + SENTENCES_PER_TRACK).join(' ')
      const pcm = await readWav(await synthesise(text, { voice, before: 0, after: 0 }))
      tracks.push(encoded(withoutLongPauses(pcm)))
    }
  }
  return tracks
}

function withoutLongPauses(pcm: Int16Array): Int16Array {
  let pause = 0
  const kept: Int16Array[] = []
  for (let at = 0; at + FRAME_SAMPLES <= pcm.length; at += FRAME_SAMPLES) {
    const frame = pcm.subarray(at, at + FRAME_SAMPLES)
    const power = frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length
    pause = Math.sqrt(power) < PAUSE_RMS ? pause + 1 : 0
    if (pause <= LONGEST_PAUSE_FRAMES) kept.push(frame)
  }
  return Int16Array.from(kept.flatMap((frame) => [...frame]))
}

function encoded(pcm: Int16Array): SpeechTrack {
  return rtpSpeech(pcm, { ssrc: 0 }).map(({ packet }) => ({
    payload: packet.subarray(HEADER_BYTES),
    level: packet.readUInt8(LEVEL_OFFSET) & 0x7f,
  }))
}
