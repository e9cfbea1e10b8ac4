import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../../docs/benchmarks')

/** A page of results. */
export type Result = {
  /** Names the files. */
  readonly name: string
  readonly title: string
  readonly command: string
  readonly machine: string
  /** Paragraphs and tables of Markdown. */
  readonly body: readonly string[]
  readonly charts: readonly { readonly alt: string; readonly svg: string }[]
}

/** Writes `docs/benchmarks/<name>.md` and its charts, and says so. */
export async function writeResult({ name, title, command, machine, body, charts }: Result): Promise<void> {
  await mkdir(FOLDER, { recursive: true })
  const images = charts.map((chart, index) => ({ ...chart, file: `${name}${index === 0 ? '' : `-${index + 1}`}.svg` }))
  const pictures = images.map(({ alt, file }) => `![${alt}](${file})`)
  const page = [`# ${title}`, `\`${command}\` on ${machine}.`, ...pictures, ...body, '']
  await Promise.all(images.map(({ file, svg }) => writeFile(join(FOLDER, file), svg)))
  await writeFile(join(FOLDER, `${name}.md`), page.join('\n\n').trimEnd().concat('\n'))
  const written = [`${name}.md`, ...images.map(({ file }) => file)].map((file) => `docs/benchmarks/${file}`)
  console.log(`\nwritten: ${written.join(', ')}`)
}
