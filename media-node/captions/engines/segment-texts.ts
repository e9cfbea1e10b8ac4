import { joinedTexts } from '../written-words.ts'

/** An utterance's text, whose segments a server says again and again until they are final. */
export class SegmentTexts {
  readonly #segments = new Map<string, { readonly text: string; readonly final: boolean }>()

  /** The segments in the order in which they were first heard of. */
  get text(): string {
    return joinedTexts([...this.#segments.values()].map(({ text }) => text))
  }

  /** What is said of a segment after its final text does not count. */
  say(segmentId: string, text: string, final: boolean): void {
    if (this.#segments.get(segmentId)?.final) return
    this.#segments.set(segmentId, { text, final })
  }
}
