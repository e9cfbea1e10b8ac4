/** As much of webvtt-parser as the tests use; it has no types of its own. */
declare module 'webvtt-parser' {
  type CueNode = {
    readonly type: string
    readonly name?: string
    readonly value: string
    readonly children?: readonly CueNode[]
  }
  type Cue = {
    /** In seconds. */
    readonly startTime: number
    readonly endTime: number
    readonly tree: { readonly children: readonly CueNode[] }
  }
  class WebVTTParser {
    constructor(entities: Readonly<Record<string, string>>)
    parse(text: string): { readonly cues: readonly Cue[]; readonly errors: readonly { readonly message: string }[] }
  }
  const parser: { WebVTTParser: typeof WebVTTParser }
  export = parser
}
