import { CallError, type ErrorCode } from '../../shared/protocol/error-code.ts'
import type { Problem } from './problem.ts'

export const nothingKept: Problem = {
  title: 'Nothing has been kept yet',
  advice: 'A transcript begins when somebody speaks while captions are on.',
}

const notAllowed: Problem = {
  title: 'You may not download this transcript',
  advice: 'It is for those who were in the call, for a day after they joined.',
}

const problems: Partial<Readonly<Record<ErrorCode, Problem>>> = {
  not_found: nothingKept,
  room_not_found: nothingKept,
  unauthorized: notAllowed,
  forbidden: notAllowed,
  token_invalid: notAllowed,
  token_expired: notAllowed,
  rate_limited: { title: 'Too many downloads in a short time', advice: 'Wait a few seconds, then try again.' },
  payload_too_large: { title: 'The transcript is too long for this format', advice: 'Take the text or the subtitles.' },
  unavailable: {
    title: 'The transcript cannot be reached now',
    advice: 'What was kept is not lost. Try again in a minute.',
  },
}

/** Why a transcript could not be had. */
export function transcriptProblem(error: unknown): Problem {
  const known = error instanceof CallError ? problems[error.code] : undefined
  return known ?? { title: 'The transcript could not be made', advice: 'Try again, or take another format.' }
}
