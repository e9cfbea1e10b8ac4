import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

export const ROOT = join(import.meta.dirname, '../../..')
export const STACK_TEXT = readFileSync(join(ROOT, 'infra-swarm/stack.yml'), 'utf8')

const size = z.object({ cpus: z.string().optional(), memory: z.string() })

const service = z.object({
  image: z.string(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  healthcheck: z.object({ test: z.array(z.string()).optional() }).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z
    .array(
      z.object({
        target: z.int(),
        published: z.int(),
        protocol: z.enum(['tcp', 'udp']),
        mode: z.enum(['host', 'ingress']),
      }),
    )
    .default([]),
  secrets: z.array(z.string()).default([]),
  configs: z.array(z.object({ source: z.string(), target: z.string() })).default([]),
  volumes: z.array(z.union([z.string(), z.object({ type: z.literal('tmpfs'), target: z.string() })])).default([]),
  read_only: z.boolean().optional(),
  stop_grace_period: z.string().optional(),
  deploy: z.object({
    mode: z.enum(['replicated', 'global']).default('replicated'),
    replicas: z.int().optional(),
    endpoint_mode: z.enum(['vip', 'dnsrr']).optional(),
    resources: z.object({ limits: size, reservations: size.partial().optional() }),
    placement: z
      .object({
        constraints: z.array(z.string()).default([]),
        preferences: z.array(z.object({ spread: z.string() })).optional(),
      })
      .default({ constraints: [] }),
    update_config: z.object({ parallelism: z.int(), order: z.enum(['stop-first', 'start-first']) }).optional(),
  }),
})

const named = z.object({ name: z.string(), file: z.string(), template_driver: z.string().optional() })

const stack = z.object({
  services: z.record(z.string(), service),
  secrets: z.record(z.string(), named),
  configs: z.record(z.string(), named),
})

export type Service = z.infer<typeof service>

/** infra-swarm/stack.yml, as far as its promises are held, with the settings filled in as `docker stack deploy` does. */
export function readStack(settings: Readonly<Record<string, string>>): z.infer<typeof stack> {
  const fillIn = (text: string) =>
    text.replaceAll(/\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind: string, other: string) => {
      const given = settings[name]
      if (given !== undefined && given !== '') return given
      if (kind === '?') throw new Error(`${name} must be set`)
      return kind === '-' ? other : ''
    })
  const parsed = parse(STACK_TEXT, (_, value: unknown) => (typeof value === 'string' ? fillIn(value) : value), {
    merge: true,
  })
  return stack.parse(parsed)
}

/** The settings that stack.yml takes from the shell. */
export function settingsOfStack(): readonly string[] {
  return [...new Set([...STACK_TEXT.matchAll(/\$\{([A-Z_]+)/g)].map(([, name = '']) => name))].sort()
}

export type ExampleSetting = { readonly name: string; readonly value: string; readonly isSet: boolean }

/** What `.env.example` has: each setting, and whether it is set or only shown. */
export function exampleSettings(): readonly ExampleSetting[] {
  const text = readFileSync(join(ROOT, '.env.example'), 'utf8')
  return [...text.matchAll(/^(#?)([A-Z][A-Z_]+)=(.*)$/gm)].map(([, comment, name = '', value = '']) => ({
    name,
    value: value.replace(/^'(.*)'$/, '$1'),
    isSet: comment === '',
  }))
}

/** What an operator who changes nothing but what must be set deploys with. */
export function exampleEnvironment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    exampleSettings()
      .filter(({ isSet }) => isSet)
      .map(({ name, value }) => [name, value]),
  )
}
