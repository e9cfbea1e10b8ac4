import { docker, dockerLines } from './docker.ts'

/** What stack.yml places services by; Grafana and Prometheus by the last. */
const LABELS = ['media', 'media-b', 'edge', 'turn', 'data'].map((name) => `jbcalling.${name}`)

/**
 * Has this engine be a Swarm of one machine whose host has every label, until `owner` is disposed of. A Swarm that is
 * there already is used and stays.
 */
export async function joinOneMachineSwarm(owner: AsyncDisposableStack): Promise<void> {
  const state = await docker(['info', '--format', '{{.Swarm.LocalNodeState}}'])
  if (state !== 'active') {
    await docker(['swarm', 'init', '--advertise-addr', '127.0.0.1'])
    owner.defer(async () => {
      await docker(['swarm', 'leave', '--force'])
      await docker(['network', 'rm', 'docker_gwbridge']).catch(() => undefined)
    })
  }
  const [host, ...others] = await dockerLines(['node', 'ls', '--quiet'])
  if (host === undefined || others.length > 0) throw new Error('this Swarm has more than one machine; this is a test')
  await docker(['node', 'update', ...LABELS.flatMap((label) => ['--label-add', `${label}=true`]), host])
  owner.defer(async () => {
    await docker(['node', 'update', ...LABELS.flatMap((label) => ['--label-rm', label]), host])
  })
}
