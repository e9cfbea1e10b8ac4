import { z } from 'zod'
import type { Dialect } from './translation-server.ts'

const TARGET = 'AWSShineFrontendService_20170701.TranslateText'

const translateBody = z.object({
  Text: z.string().min(1),
  SourceLanguageCode: z.string(),
  TargetLanguageCode: z.string(),
})

const ERRORS: Readonly<Record<number, string>> = {
  401: 'UnrecognizedClientException',
  403: 'AccessDeniedException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
}

/** Amazon Translate's API in the AWS JSON 1.1 protocol (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html). */
export const amazonTranslate: Dialect = {
  contentType: 'application/x-amz-json-1.1',
  asked(request, body) {
    const { 'x-amz-target': target, authorization = '' } = request.headers
    if (target !== TARGET || !authorization.startsWith('AWS4-HMAC-SHA256 ')) return undefined
    const { Text, SourceLanguageCode, TargetLanguageCode } = translateBody.parse(body)
    return { text: Text, from: SourceLanguageCode, to: TargetLanguageCode }
  },
  answer: () => ({}),
  translation: (TranslatedText, { from, to }) => ({
    TranslatedText,
    SourceLanguageCode: from,
    TargetLanguageCode: to,
  }),
  refusal: (status) => {
    const name =
      status === 'pair unsupported' ? 'UnsupportedLanguagePairException' : (ERRORS[status] ?? 'InternalServerException')
    const body = { __type: `com.amazonaws.translate#${name}`, message: 'the house at 127.0.0.1 refuses secret-key' }
    return { status: status === 'pair unsupported' || status === 429 ? 400 : status, body }
  },
}
