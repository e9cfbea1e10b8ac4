import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ExampleStage } from './example-stage.ts'

const FILE = join(import.meta.dirname, 'templates.snap')
const HASH = /[0-9a-f]{64}/g

/** All templates of the example, but for what changes with every change of code. */
export function templatesText(stage: ExampleStage): string {
  const templates = stage.stacks.map(({ stackName }) => {
    const [name = ''] = stackName.split('-').slice(-1)
    return [name, stage.template(name).toJSON()]
  })
  return `${JSON.stringify(Object.fromEntries(templates), null, 2).replaceAll(HASH, 'HASH')}\n`
}

export function writtenTemplates(): string {
  return readFileSync(FILE, 'utf8')
}

if (process.argv[1] === import.meta.filename) {
  const stage = new ExampleStage()
  writeFileSync(FILE, templatesText(stage))
  stage.remove()
}
