import type { Template } from 'aws-cdk-lib/assertions'
import { z } from 'zod'

export const properties = (template: Template, type: string): Record<string, unknown>[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties)

const joined = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) })
const encoded = z.object({ 'Fn::Base64': z.unknown() })

/** A value of a template as text, in which what is known only once it is deployed is `deployed`, or a port. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  const join = joined.safeParse(value).data
  if (join !== undefined) return join['Fn::Join'][1].map(textOf).join(join['Fn::Join'][0])
  const base64 = encoded.safeParse(value).data
  if (base64 !== undefined) return textOf(base64['Fn::Base64'])
  return JSON.stringify(value).includes('Port') ? '6379' : 'deployed'
}

/** What an instance does at its first boot. */
export function bootScript(fleet: Template): string {
  const [launch] = properties(fleet, 'AWS::EC2::LaunchTemplate')
  return textOf(z.object({ UserData: z.unknown() }).parse(launch?.['LaunchTemplateData']).UserData)
}

/** The environment that the boot script writes into a file. */
export function environmentIn(script: string, path: string): Readonly<Record<string, string>> {
  const [, file = ''] = script.split(`cat >${path} <<'END_OF_FILE'\n`)
  const [lines = ''] = file.split('\nEND_OF_FILE')
  return Object.fromEntries(lines.split('\n').map((line) => line.split(/=(.*)/s)))
}
