import { z } from 'zod'

/** An environment variable that counts, such as `PORT`. */
export const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max)

/** A comma-separated list; spaces around the commas do not count. */
export const list = () =>
  z.string().transform((value) =>
    value
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  )

/** All that is wrong with the environment, so that it can be put right in one go. */
export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super(`These settings are missing or wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'SettingsError'
  }
}

/**
 * Reads a process's settings from its environment; an empty value counts as not set.
 *
 * @throws SettingsError naming every setting that is missing or wrong, never its value, which may be a secret
 */
export function readSettings<S extends z.ZodObject>(
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<S> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new SettingsError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
}
