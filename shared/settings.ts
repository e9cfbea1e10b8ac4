import { readFileSync } from 'node:fs'
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

/** What is wrong with one setting, in words that do not have its value, which may be a secret. */
export type SettingProblem = { readonly name: string; readonly message: string }

/** All that is wrong with the environment, so that it can be put right in one go. */
export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super(`These settings are missing or wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'SettingsError'
  }
}

/**
 * Settings that are also held against one another. `problems` is asked even where some are wrong by themselves, and then
 * without those: everything is told at once.
 */
export function checkedTogether<S extends z.ZodObject>(
  schema: S,
  problems: (settings: Partial<z.infer<S>>) => readonly SettingProblem[],
): S {
  return schema.superRefine(
    (settings, context) => {
      for (const { name, message } of problems(settings)) {
        context.addIssue({ code: 'custom', path: [name], message })
      }
    },
    { when: () => true },
  )
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads a process's settings from its environment; an empty value counts as not set. Each setting may be in a file
 * instead, as secrets of Docker are: `API_KEYS_FILE` names the file that has `API_KEYS`.
 *
 * @throws SettingsError naming every setting that is missing or wrong, never its value, which may be a secret
 */
export function readSettings<S extends z.ZodObject>(schema: S, env: Environment): z.infer<S> {
  const { values, problems } = withFiles(Object.keys(schema.shape), env)
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success && problems.length === 0) return parsed.data
  const wrong = parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? []
  throw new SettingsError([...problems.map(({ name, message }) => `${name}: ${message}`), ...wrong])
}

function withFiles(names: readonly string[], env: Environment) {
  const values: Record<string, string | undefined> = { ...env }
  const problems: SettingProblem[] = []
  for (const name of names) {
    const fileName = `${name}_FILE`
    const file = env[fileName]
    if (file === undefined || file === '' || names.includes(fileName)) continue
    if (env[name] !== undefined && env[name] !== '') {
      problems.push({ name: fileName, message: `${name} is set as well` })
      continue
    }
    try {
      values[name] = readFileSync(file, 'utf8').trim()
    } catch {
      problems.push({ name: fileName, message: 'the file cannot be read' })
    }
  }
  return { values, problems }
}
