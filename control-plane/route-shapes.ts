import type { ZodType } from 'zod'
import { problem } from '../shared/api.ts'

/** A JSON request body. `required` makes the validator run, and fill in defaults, even when there is none. */
export const jsonBody = <S extends ZodType>(schema: S) => ({
  required: true as const,
  content: { 'application/json': { schema } },
})

export const jsonAnswer = <S extends ZodType>(schema: S, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

/** Every route may answer with a problem; `code` says which. */
export const problems = {
  default: { description: 'A problem', content: { 'application/problem+json': { schema: problem } } },
}
