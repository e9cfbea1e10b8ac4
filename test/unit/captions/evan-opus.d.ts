declare module '@evan/opus/wasm/index.mjs' {
  export class Decoder {
    constructor(options: { channels: 1 | 2; sample_rate: number })
    /** Samples of 16 bits, as bytes. */
    decode(packet: Uint8Array): Uint8Array
    /** Frees its memory, which otherwise waits for the garbage collector. */
    drop(): void
  }
}
