import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { createApp } from '../../../infra-cdk/create-app.ts'
import { readStageSettings, type StageSettings } from '../../../infra-cdk/stage-settings.ts'

const EXAMPLE = join(import.meta.dirname, '../../../infra-cdk/stages/example.json')

export function exampleSettings(): StageSettings {
  return readStageSettings(JSON.parse(readFileSync(EXAMPLE, 'utf8')), 'example')
}

/** The stacks of a stage, on stand-ins for what takes long to build. */
export class ExampleStage {
  readonly app: App
  readonly #folder = mkdtempSync(join(tmpdir(), 'jbcalling-stage-'))

  constructor(settings: StageSettings = exampleSettings()) {
    const folder = (name: string, file: string) => {
      const path = join(this.#folder, name, file)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, 'stand-in')
      return join(this.#folder, name)
    }
    const bundle = (name: string) => folder(name, 'index.mjs')
    this.app = createApp({
      settings,
      bundles: { controlPlane: bundle('api'), rotation: bundle('rotation'), fleetMetrics: bundle('metrics') },
      image: { directory: folder('image', 'media-node.Dockerfile'), file: 'media-node.Dockerfile' },
      pageFolder: folder('page', 'index.html'),
      outdir: join(this.#folder, 'out'),
    })
  }

  get stacks(): readonly Stack[] {
    return this.app.node.children.filter((child) => child instanceof Stack)
  }

  /** Of the stack whose name ends so. */
  template(name: string): Template {
    const stack = this.stacks.find(({ stackName }) => stackName.endsWith(`-${name}`))
    if (stack === undefined) throw new Error(`there is no stack ${name}`)
    return Template.fromStack(stack)
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }
}
