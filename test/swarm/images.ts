import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../dev/bootstrap/paths.mjs'
import { docker } from './docker.ts'

const BUILD_DEADLINE_MS = 60 * 60_000
const PULL_DEADLINE_MS = 5 * 60_000
const STACK = readFileSync(join(ROOT, 'infra-swarm/stack.yml'), 'utf8')
const STAND_INS = join(ROOT, 'test/swarm/stand-ins')

/** What stands in for an image that cannot be had; `undefined` leaves its service out. */
const standIns = {
  TRAEFIK_IMAGE: { target: 'traefik', what: 'a proxy of this test that follows the part of its configuration we use' },
  REDIS_IMAGE: { target: 'redis', what: "Debian's redis-server" },
  COTURN_IMAGE: { target: 'coturn', what: "Debian's coturn" },
  PROMETHEUS_IMAGE: { target: 'prometheus', what: "Debian's prometheus" },
  GRAFANA_IMAGE: undefined,
} as const

type ImageSetting = keyof typeof standIns

export type Images = {
  /** Settings of stack.yml that name images. */
  readonly env: Readonly<Record<string, string>>
  readonly hasGrafana: boolean
}

/** Two versions of our own images: what is deployed, and what it is updated to. */
export const VERSIONS = { first: 'swarm-test-1', second: 'swarm-test-2' } as const
export const OWN_IMAGES = ['control-plane', 'media-node'] as const

/** Builds our images from their Dockerfiles, and gets the others or what stands in for them. */
export async function prepareImages(pull: boolean, say: (line: string) => void): Promise<Images> {
  for (const name of OWN_IMAGES) {
    say(`building jbcalling/${name}`)
    await build(['-f', `infra-swarm/${name}.Dockerfile`, '-t', `jbcalling/${name}:${VERSIONS.first}`, ROOT])
    const label = ['--label', `jbcalling.test=${VERSIONS.second}`]
    await build([
      ...['-f', `infra-swarm/${name}.Dockerfile`, '-t', `jbcalling/${name}:${VERSIONS.second}`],
      ...label,
      ROOT,
    ])
  }
  await standIn('dynamodb')
  const chosen = new Map<ImageSetting, string>()
  for (const setting of keysOf(standIns)) {
    const image = await imageFor(setting, pull, say)
    if (image !== undefined) chosen.set(setting, image)
  }
  return { env: Object.fromEntries(chosen), hasGrafana: chosen.has('GRAFANA_IMAGE') }
}

async function imageFor(setting: ImageSetting, pull: boolean, say: (line: string) => void) {
  const image = defaultOf(setting)
  const had = await docker(['image', 'inspect', image]).then(
    () => true,
    () =>
      pull &&
      docker(['pull', image], { deadlineMs: PULL_DEADLINE_MS }).then(
        () => true,
        () => false,
      ),
  )
  if (had) return image
  const other = standIns[setting]
  say(`CHOICE ${image} cannot be had: ${other ? `${other.what} stands in` : 'its service is left out'}`)
  return other && standIn(other.target)
}

async function standIn(target: string): Promise<string> {
  const tag = `jbcalling-test/${target}`
  await build(['-f', join(STAND_INS, 'Dockerfile'), '--target', target, '-t', tag, STAND_INS])
  return tag
}

async function build(args: readonly string[]): Promise<void> {
  const { NODE_IMAGE } = process.env
  const base = NODE_IMAGE === undefined ? [] : ['--build-arg', `NODE_IMAGE=${NODE_IMAGE}`]
  await docker(['build', '--quiet', ...base, ...args], { deadlineMs: BUILD_DEADLINE_MS })
}

/** The image that stack.yml pins. */
function defaultOf(setting: ImageSetting): string {
  const [, image] = new RegExp(`\\$\\{${setting}:-([^}]+)\\}`).exec(STACK) ?? []
  if (image === undefined) throw new Error(`stack.yml has no image in ${setting}`)
  return image
}

function keysOf(table: typeof standIns): readonly ImageSetting[] {
  return ['TRAEFIK_IMAGE', 'REDIS_IMAGE', 'COTURN_IMAGE', 'PROMETHEUS_IMAGE', 'GRAFANA_IMAGE'].filter(
    (name): name is ImageSetting => name in table,
  )
}
