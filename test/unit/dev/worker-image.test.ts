import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ROOT } from '../../../dev/bootstrap/paths.mjs'

test('[B54] the image of the media node runs the worker that we build and patch, and has no other', () => {
  const dockerfile = readFileSync(join(ROOT, 'infra-swarm/media-node.Dockerfile'), 'utf8')
  const stages = dockerfile.split(/^(?=FROM )/m)
  const builder = stages.find((stage) => stage.includes(' AS worker')) ?? ''
  assert.match(builder, /^COPY dev\/mediasoup-worker dev\/mediasoup-worker$/m)
  assert.match(builder, /^RUN node dev\/build-worker\.mjs \/usr\/local\/bin\/mediasoup-worker$/m)
  const image = stages.at(-1) ?? ''
  assert.match(image, /^COPY --from=worker \/usr\/local\/bin\/mediasoup-worker \/usr\/local\/bin\/$/m)
  assert.match(image, /\bMEDIASOUP_WORKER_BIN=\/usr\/local\/bin\/mediasoup-worker\b/)
  assert.match(image, /^RUN rm -rf node_modules\/mediasoup\/worker$/m)
  assert.match(readFileSync(join(ROOT, 'infra-cdk/media-image.ts'), 'utf8'), /'infra-swarm\/media-node\.Dockerfile'/)
})
