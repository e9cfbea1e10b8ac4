import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { roomId, type Transcript, transcript } from '../../shared/api.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import { languageTag } from '../../shared/protocol/language-tag.ts'
import { whole } from '../../shared/settings.ts'
import type { TranscriptRoom } from '../../shared/transcript-store/transcript-store.ts'
import type { ControlPlaneParts } from '../control-plane-parts.ts'
import type { roomProof } from '../room-proof.ts'
import { jsonAnswer, problems } from '../route-shapes.ts'
import { findTranscript } from './find-transcript.ts'
import { givenLine } from './given-line.ts'
import { removeTranscript } from './remove-transcript.ts'
import { streamTranscript } from './stream-transcript.ts'
import { documentFormats } from './transcript-formats.ts'

const LATEST_MS = 9_999_999_999_999
const MAX_LINES = 1_000
const DEFAULT_LINES = 200
const LINES_PER_STREAMED_PAGE = 200
const MAX_CURSOR_LENGTH = 100

const query = z.object({
  format: z.enum(['json', 'vtt', 'srt', 'txt']).default('json').meta({
    description:
      'How it is told. `vtt`, `srt` and `txt` are documents of all lines, timed from the beginning of their first line.',
  }),
  language: languageTag.optional().meta({
    description: 'Lines that are translated into it are given so; the others as they were said, marked in a document.',
  }),
  since: whole(0, LATEST_MS).optional().meta({
    description:
      'Only lines that began then or later, in milliseconds since the Unix epoch; for a caller with a key, of all rooms of that name. Without it, a key reads the room that is there now; when there is none, all that is kept under its name.',
  }),
  after: z.string().max(MAX_CURSOR_LENGTH).optional().meta({ description: '`next` of the page before; only `json`' }),
  limit: whole(1, MAX_LINES)
    .optional()
    .meta({
      description: `Most lines on a page, ${DEFAULT_LINES} unless said; only \`json\``,
    }),
})

const document = { schema: z.string() }

/** Reading and removing what was said in a room. */
export function transcriptRoutes(parts: ControlPlaneParts, proof: ReturnType<typeof roomProof>) {
  return new OpenAPIHono()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/rooms/{roomId}/transcript',
        summary: 'Read what was said in a room, also after it has closed',
        description:
          'Asks for `Authorization: Bearer` with a rejoin token of that very room, or with an API key, which reads all rooms of that name.',
        request: { params: z.object({ roomId }), query },
        responses: {
          200: {
            ...jsonAnswer(transcript, 'The transcript, in the order in which it was said'),
            content: {
              'application/json': { schema: transcript },
              'text/vtt': document,
              'application/x-subrip': document,
              'text/plain': document,
            },
          },
          ...problems,
        },
      }),
      async (c) => {
        const { roomId } = c.req.valid('param')
        const asked = { roomId, proven: await proof(c, roomId), ...c.req.valid('query') }
        if (asked.format === 'json') return c.json(await jsonTranscript(parts, asked), 200)
        if (asked.after !== undefined || asked.limit !== undefined) {
          throw new CallError('bad_request', 'after, limit: only with format=json')
        }
        const { contentType } = documentFormats[asked.format]
        const body = await documentTranscript(parts, { ...asked, format: asked.format })
        return c.body(body, 200, {
          'content-type': contentType,
          'content-disposition': `attachment; filename="${fileName(asked)}"`,
        })
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/v1/rooms/{roomId}/transcript',
        summary: 'Remove what was said so far in all rooms of a name',
        request: { params: z.object({ roomId }) },
        responses: { 204: { description: 'Nobody can read it any more' }, ...problems },
      }),
      async (c) => {
        await removeTranscript(parts, c.req.valid('param').roomId)
        return c.body(null, 204)
      },
    )
}

type Asked = z.infer<typeof query> & { readonly roomId: string; readonly proven: TranscriptRoom | undefined }

async function jsonTranscript(parts: ControlPlaneParts, asked: Asked): Promise<Transcript> {
  const { roomId, language, limit = DEFAULT_LINES } = asked
  const { page } = await findTranscript(parts, { ...asked, limit })
  const lines = page.lines.map((line) => givenLine(line, language))
  return { roomId, lines, ...(page.next !== undefined && { next: page.next }) }
}

async function documentTranscript(
  parts: ControlPlaneParts,
  asked: Asked & { readonly format: keyof typeof documentFormats },
): Promise<ReadableStream<Uint8Array>> {
  const { transcripts, logger, metrics } = parts
  const { language, format } = asked
  const limit = LINES_PER_STREAMED_PAGE
  const { room, sinceMs, page } = await findTranscript(parts, { ...asked, limit })
  return streamTranscript({
    format: documentFormats[format],
    language,
    firstPage: page,
    readPage: (after) => transcripts.read(room, { sinceMs, limit, after }),
    onFailure(error) {
      const code = error instanceof CallError ? error.code : 'internal'
      metrics.refused(code)
      logger.warn({ err: error }, 'a transcript was broken off')
    },
  })
}

/** Of letters, digits, `_`, `-` and dots, as the room's name and the tag are. */
function fileName({ roomId, language, format }: Asked): string {
  return `${roomId}-transcript.${language === undefined ? '' : `${language}.`}${format}`
}
