declare module 'opusscript/build/opusscript_native_wasm.js' {
  function createNative(): createNative.OpusScriptNative

  namespace createNative {
    type OpusScriptHandler = {
      /** Decodes `bytes` at `input`; writes each sample as two 16-bit words of one byte each. Returns samples or an error below 0. */
      _decode(input: number, bytes: number, output: number): number
      /** The same way round; needs four times the room of `bytes` at `input`. Returns bytes or an error below 0. */
      _encode(input: number, bytes: number, output: number, frameSamples: number): number
      _encoder_ctl(request: number, value: number): number
      _decoder_ctl(request: number, value: number): number
    }
    type OpusScriptNative = {
      readonly HEAPU8: Uint8Array
      readonly HEAPU16: Uint16Array
      _malloc(bytes: number): number
      readonly OpusScriptHandler: {
        new (sampleRate: number, channels: number, application: number): OpusScriptHandler
        destroy_handler(handler: OpusScriptHandler): void
      }
    }
  }

  export = createNative
}
