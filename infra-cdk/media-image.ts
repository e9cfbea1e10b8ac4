import { join } from 'node:path'

/** A folder with a Dockerfile in it, by its path from there. */
export type MediaImage = { readonly directory: string; readonly file: string }

/** The image that a Docker Swarm runs as well; `cdk deploy` builds it and puts it into the account's registry. */
export const mediaNodeImage: MediaImage = {
  directory: join(import.meta.dirname, '..'),
  file: 'infra-swarm/media-node.Dockerfile',
}
