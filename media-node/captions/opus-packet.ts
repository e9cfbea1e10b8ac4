/** RTP's clock for Opus, whatever the rate of the sound inside (RFC 7587 §4.1). */
export const OPUS_CLOCK_HZ = 48_000

const MAX_SAMPLES = 5760
const MAX_FRAMES = 48

/** Length in samples at 48 kHz as RFC 6716 §3 has it, or undefined when the bytes cannot be an Opus packet. */
export function opusPacketSamples(packet: Uint8Array): number | undefined {
  const toc = packet[0]
  if (toc === undefined) return undefined
  const frames = frameCount(toc & 0x03, packet[1])
  if (frames === undefined || frames === 0 || frames > MAX_FRAMES) return undefined
  const samples = frames * frameSamples(toc >> 3)
  return samples > MAX_SAMPLES ? undefined : samples
}

/** Whether the packet's sound has two channels (RFC 6716 §3.1). */
export function isOpusStereo(packet: Uint8Array): boolean {
  return ((packet[0] ?? 0) & 0x04) !== 0
}

/** A packet whose frames are empty: the decoder answers it with as much concealment as one frame of `packet` is long. */
export function opusConcealment(packet: Uint8Array): Uint8Array {
  return Uint8Array.of((packet[0] ?? 0) & 0xfc)
}

/** Whether the sender had nothing to say: discontinuous transmission leaves packets of one or two bytes. */
export function isOpusSilence(packet: Uint8Array): boolean {
  return packet.length <= 2
}

function frameCount(code: number, second: number | undefined): number | undefined {
  if (code === 0) return 1
  if (code < 3) return 2
  return second === undefined ? undefined : second & 0x3f
}

function frameSamples(configuration: number): number {
  if (configuration < 12) return [480, 960, 1920, 2880][configuration & 0x03] ?? 0
  if (configuration < 16) return [480, 960][configuration & 0x01] ?? 0
  return [120, 240, 480, 960][configuration & 0x03] ?? 0
}
