import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { MEDIA_NODE_ARGUMENTS } from '../../../dev/product-environment.ts'
import { mediaNodeImage } from '../../../infra-cdk/media-image.ts'
import { OLD_SPACE_FLAG } from '../../../media-node/captions/old-space.ts'
import { importsOf, sourceFiles } from '../../architecture/source-tree.ts'
import { ROOT } from './stack-file.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const files = {
  'control-plane': read('infra-swarm/control-plane.Dockerfile'),
  'media-node': read('infra-swarm/media-node.Dockerfile'),
}

/** A Dockerfile's stages, each with its instructions in one line. */
const stagesOf = (text: string) =>
  text
    .replaceAll(/\\\n\s*/g, ' ')
    .split(/^(?=FROM )/m)
    .slice(1)
const lastOf = (text: string) => stagesOf(text).at(-1) ?? ''

/** Every file of ours and every package that some of our files need, those themselves left out. */
function neededBy(prefixes: readonly string[]): ReadonlySet<string> {
  const imports = sourceFiles().flatMap(importsOf)
  const needed = new Set<string>()
  const from = sourceFiles()
    .map(({ path }) => path)
    .filter((path) => prefixes.some((prefix) => path.startsWith(prefix)))
  const queue = [...from]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    for (const { to, typeOnly } of imports.filter((each) => each.from === path)) {
      if (typeOnly || needed.has(to)) continue
      needed.add(to)
      queue.push(to)
    }
  }
  return needed
}

for (const [name, text] of Object.entries(files)) {
  test(`[Z13] the image of the ${name} runs as nobody special, under an init, and says whether it is well`, () => {
    const last = lastOf(text)
    assert.match(last, /^USER node$/m)
    assert.match(last, /^HEALTHCHECK .*health-check\.mjs"\]$/m)
    assert.match(last, /^ENTRYPOINT \["tini", "--", "node"\]$/m)
    assert.doesNotMatch(last, /^(ADD|COPY) (?!--from=)\S*(test|dev|client|infra-cdk|\.) /m)
  })

  test(`[Z13] every stage of the image of the ${name} begins with the one pinned image, which an argument can pin more`, () => {
    assert.match(text, /^ARG NODE_IMAGE=node:\d+-bookworm-slim$/m)
    for (const stage of stagesOf(text)) assert.match(stage, /^FROM \$\{NODE_IMAGE\}( AS [a-z]+)?$/m)
  })

  test(`[Z13] the image of the ${name} has no packages but those for running, as the lock file pins them`, () => {
    const dependencies = stagesOf(text).find((stage) => stage.includes(' AS dependencies')) ?? ''
    assert.match(dependencies, /^RUN npm ci --omit=dev /m)
  })

  test(`[Z14] no package that is taken out of the image of the ${name} is needed by what runs there`, () => {
    const removed = [...text.replaceAll(/\\\n\s*/g, ' ').matchAll(/&& rm -rf ([^&\n]+)/g)].flatMap(([, list = '']) =>
      list.trim().split(/\s+/),
    )
    const needed = neededBy([`${name}/`, 'shared/'])
    assert.ok(removed.includes('mediasoup-client'))
    assert.deepEqual(
      removed.filter((entry) => needed.has(entry)),
      [],
    )
  })
}

test('[Z14] what builds the worker has every file it needs, and no other whose change would build it again', () => {
  const worker = stagesOf(files['media-node']).find((stage) => stage.includes(' AS worker')) ?? ''
  const copied = [...worker.matchAll(/^COPY (?!--from)(.+) \S+$/gm)]
    .flatMap(([, sources = '']) => sources.split(/\s+/))
    .filter((path) => path.endsWith('.mjs'))
  assert.deepEqual(copied.sort(), ['dev/build-worker.mjs', ...neededBy(['dev/build-worker.mjs'])].sort())
})

test('[Z68] the image of the media node runs the worker that is built there with our patches, and has no other', () => {
  const stages = stagesOf(files['media-node'])
  const worker = stages.find((stage) => stage.includes(' AS worker')) ?? ''
  assert.match(worker, /^COPY dev\/mediasoup-worker dev\/mediasoup-worker$/m)
  assert.match(worker, /^RUN node dev\/build-worker\.mjs \/usr\/local\/bin\/mediasoup-worker$/m)
  const last = lastOf(files['media-node'])
  assert.match(last, /^COPY --from=worker \/usr\/local\/bin\/mediasoup-worker \/usr\/local\/bin\/$/m)
  assert.match(last, /^ENV .*\bMEDIASOUP_WORKER_BIN=\/usr\/local\/bin\/mediasoup-worker\b/m)
  // Neither npm's scripts nor ours fetch the worker that mediasoup offers for download.
  assert.match(read('.npmrc'), /^ignore-scripts=true$/m)
  assert.doesNotMatch(files['media-node'], /worker-prebuilt|--ignore-scripts=false|npm rebuild/)
  assert.ok(!neededBy(['dev/build-worker.mjs']).has('dev/bootstrap/worker-prebuilt.mjs'))
})

test('[Z68] AWS runs the same image', () => {
  assert.equal(join(mediaNodeImage.directory, mediaNodeImage.file), join(ROOT, 'infra-swarm/media-node.Dockerfile'))
})

test('[Z20] a media node is started with the heap that its lanes have, in an image as by npm start', () => {
  const command = JSON.parse(/^CMD (.+)$/m.exec(lastOf(files['media-node']))?.[1] ?? '[]')
  assert.deepEqual(command, [OLD_SPACE_FLAG, 'media-node/main.ts'])
  assert.deepEqual(MEDIA_NODE_ARGUMENTS, command.with(-1, join(ROOT, 'media-node/main.ts')))
})

test('[Z15] nothing of a secret, a test or a local file is given to the builder', () => {
  const [first, ...rules] = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  assert.equal(first, '*', 'only what is named is taken')
  assert.ok(!rules.some((rule) => /^!(test|docs|\.env|\.git|\.data|infra-cdk|infra-swarm\/secrets)/.test(rule)))
  assert.ok(rules.includes('infra-swarm/secrets'))
  assert.match(read('.gitignore'), /^infra-swarm\/secrets\/$/m)
  assert.match(read('.gitignore'), /^\.env$/m)
})
