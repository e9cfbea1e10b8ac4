import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { controlPlaneSettings } from '../../control-plane/settings.ts'
import { mediaNodeSettings } from '../../media-node/settings.ts'

const readme = join(import.meta.dirname, '../../README.md')
const PLACE = /(<!-- settings -->\n)([\s\S]*?)(<!-- \/settings -->)/

function defaultOf(schema: z.ZodType): string {
  const stated = schema.meta()?.['defaultText']
  if (typeof stated === 'string') return stated
  const parsed = schema.safeParse(undefined)
  if (!parsed.success) return 'required'
  const { data } = parsed
  const text = Array.isArray(data) ? data.join(',') : String(data ?? '')
  return text === '' ? '–' : `\`${text}\``
}

function rows(settings: z.ZodObject): readonly string[] {
  return Object.entries(settings.shape).map(([name, schema]) => {
    const description = schema.meta()?.description
    if (!description) throw new Error(`the setting ${name} has no description`)
    return `| \`${name}\` | ${defaultOf(schema)} | ${description.replaceAll('|', '\\|')} |`
  })
}

/** The table of settings as README.md must hold it, made of the schemas that the processes read them with. */
export function settingsTable(): string {
  const head = ['| setting | default | what it is |', '|---|---|---|']
  return [
    '**Control plane**\n',
    ...head,
    ...rows(controlPlaneSettings),
    '\n**Media node**\n',
    ...head,
    ...rows(mediaNodeSettings),
    '',
  ].join('\n')
}

export function settingsTableInReadme(): string {
  return PLACE.exec(readFileSync(readme, 'utf8'))?.[2] ?? ''
}

if (process.argv[1] === import.meta.filename) {
  const text = readFileSync(readme, 'utf8')
  writeFileSync(
    readme,
    text.replace(PLACE, (_, start: string, __, end: string) => `${start}${settingsTable()}${end}`),
  )
}
