import { z } from 'zod'
import type { Dialect } from './translation-server.ts'

const translateBody = z.object({
  q: z.string().min(1),
  source: z.string(),
  target: z.string(),
  format: z.literal('text'),
  api_key: z.literal('secret-key'),
})

/** LibreTranslate's API (https://docs.libretranslate.com/api/operations/translate). */
export const libreTranslate: Dialect = {
  contentType: 'application/json',
  asked(request, body) {
    if (request.method !== 'POST' || request.url !== '/translate') return undefined
    const { q, source, target } = translateBody.parse(body)
    return { text: q, from: source, to: target }
  },
  answer: (request) =>
    request.url === '/languages'
      ? [
          { code: 'en', name: 'English', targets: ['en', 'es', 'fr'] },
          { code: 'es', name: 'Spanish', targets: ['en', 'es', 'pb'] },
        ]
      : { error: 'not found' },
  translation: (translatedText) => ({ translatedText }),
  refusal: (status) =>
    status === 'pair unsupported'
      ? { status: 400, body: { error: 'fr is not supported' } }
      : { status, body: { error: 'the house at 127.0.0.1 refuses secret-key' } },
}
