import type { TranscriptPage } from '../../shared/transcript-store/transcript-store.ts'
import { givenLine } from './given-line.ts'
import { cueMaker, type DocumentFormat } from './transcript-formats.ts'

type StreamedTranscript = {
  readonly format: DocumentFormat
  readonly language: string | undefined
  readonly firstPage: TranscriptPage
  readonly readPage: (after: string) => Promise<TranscriptPage>
  /** Told when a page could not be read, after which the stream fails: nobody takes the document for complete. */
  readonly onFailure: (error: unknown) => void
}

/** The document, read page by page as fast as it is taken: there is never more of it than a page in memory. */
export function streamTranscript(options: StreamedTranscript): ReadableStream<Uint8Array> {
  const { format, language, firstPage, readPage, onFailure } = options
  const encoder = new TextEncoder()
  const cueOf = cueMaker(language)
  const textOf = ({ lines }: TranscriptPage) => {
    const cues = lines.map((line) => cueOf(givenLine(line, language)))
    return cues.map((cue) => (cue ? format.cue(cue) : '')).join('')
  }
  let head: string | undefined = format.head
  let page: TranscriptPage | undefined = firstPage
  const nextText = async () => {
    if (head === undefined && page?.next !== undefined) page = await readPage(page.next)
    else if (head === undefined) page = undefined
    const text = page && `${head ?? ''}${textOf(page)}`
    head = undefined
    return text
  }
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          let text = await nextText()
          while (text === '') text = await nextText()
          if (text === undefined) controller.close()
          else controller.enqueue(encoder.encode(text))
        } catch (error) {
          onFailure(error)
          controller.error(error)
        }
      },
    },
    { highWaterMark: 0 },
  )
}
