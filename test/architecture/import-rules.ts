import type { Import, SourceFile } from './source-tree.ts'

/**
 * The rooms of the house. A file belongs to the first room whose prefix it starts with. `mayImport` names the other
 * rooms it may import from.
 */
export const rooms: ReadonlyArray<{ name: string; prefix: string; mayImport: readonly string[] }> = [
  { name: 'protocol', prefix: 'shared/protocol/', mayImport: [] },
  { name: 'api', prefix: 'shared/api.ts', mayImport: ['protocol'] },
  { name: 'tables', prefix: 'shared/tables.ts', mayImport: [] },
  { name: 'shared', prefix: 'shared/', mayImport: ['api', 'protocol', 'tables'] },
  { name: 'control-plane', prefix: 'control-plane/', mayImport: ['shared', 'api', 'protocol'] },
  { name: 'sfu', prefix: 'media-node/sfu/', mayImport: ['shared', 'api', 'protocol'] },
  { name: 'signalling', prefix: 'media-node/signalling/', mayImport: ['sfu', 'shared', 'api', 'protocol'] },
  { name: 'captions', prefix: 'media-node/captions/', mayImport: ['sfu', 'shared', 'api', 'protocol'] },
  { name: 'transcripts', prefix: 'media-node/transcripts/', mayImport: ['shared', 'api', 'protocol'] },
  {
    name: 'media-node',
    prefix: 'media-node/',
    mayImport: ['signalling', 'captions', 'transcripts', 'sfu', 'shared', 'api', 'protocol'],
  },
  { name: 'sdk', prefix: 'client/sdk/', mayImport: ['api', 'protocol'] },
  { name: 'page', prefix: 'client/', mayImport: ['sdk', 'api', 'protocol'] },
  { name: 'dev', prefix: 'dev/', mayImport: ['shared', 'api', 'protocol'] },
  {
    name: 'test',
    prefix: 'test/',
    mayImport: [
      'dev',
      'infra',
      'page',
      'sdk',
      'media-node',
      'captions',
      'transcripts',
      'signalling',
      'sfu',
      'control-plane',
      'shared',
      'api',
      'protocol',
    ],
  },
  { name: 'infra', prefix: 'infra-', mayImport: ['tables'] },
]

/** Libraries that live in one place. `types: true` lets any file import their types. */
export const libraries: ReadonlyArray<{ name: string; homes: readonly string[]; types: boolean }> = [
  { name: 'ws', homes: ['media-node/signalling/', 'media-node/captions/engines/'], types: false },
  { name: 'opusscript', homes: ['media-node/captions/opus-decoder.ts'], types: false },
  { name: 'koffi', homes: ['media-node/captions/engines/pocketsphinx'], types: false },
  {
    name: '@aws-sdk/client-dynamodb',
    homes: ['shared/dynamodb/', 'shared/room-store/', 'shared/transcript-store/'],
    types: false,
  },
  {
    name: '@aws-sdk/client-secrets-manager',
    homes: ['control-plane/lambda-secrets.ts', 'control-plane/rotation-lambda.ts'],
    types: false,
  },
  { name: '@aws-sdk/client-translate', homes: ['media-node/captions/translation/'], types: false },
  { name: '@aws-sdk/client-transcribe-streaming', homes: ['media-node/captions/engines/amazon-'], types: false },
  { name: 'redis', homes: ['shared/node-registry/'], types: false },
  { name: 'mediasoup', homes: ['media-node/sfu/spawn-worker.ts'], types: true },
  { name: 'pino', homes: ['shared/logging.ts'], types: false },
  { name: 'prom-client', homes: ['shared/metric-registry.ts'], types: false },
  { name: 'mediasoup-client', homes: ['client/sdk/'], types: false },
  { name: 'react', homes: ['client/app/'], types: false },
  { name: 'aws-cdk-lib', homes: ['infra-cdk/'], types: false },
  { name: 'constructs', homes: ['infra-cdk/'], types: false },
  { name: 'cdk-nag', homes: ['infra-cdk/create-app.ts'], types: false },
  { name: 'esbuild', homes: ['infra-cdk/bundle-lambda.ts'], types: false },
  { name: 'jose', homes: ['shared/', 'control-plane/signing-key'], types: false },
]

/** The files that may read `process.env`: where a process starts, or one that is to inherit nothing of it. */
export const entryFiles = [
  'control-plane/main.ts',
  'control-plane/lambda.ts',
  'control-plane/create-tables.ts',
  'control-plane/fleet-metrics-lambda.ts',
  'media-node/main.ts',
  'media-node/sfu/spawn-worker.ts',
  'infra-swarm/health-check.mjs',
]

const roomOf = (path: string) => rooms.find((room) => path.startsWith(room.prefix))

/** What is wrong with one import, in words; undefined when nothing is. */
export function violation(imported: Import): string | undefined {
  const from = roomOf(imported.from)
  const to = roomOf(imported.to)
  if (!from) return `${imported.from} is in no room`
  if (from.name !== 'test' && from.name !== 'dev') {
    const library = libraries.find(({ name }) => name === imported.to)
    const atHome = library?.homes.some((home) => imported.from.startsWith(home)) ?? true
    if (library && !atHome && !(library.types && imported.typeOnly)) {
      return `${imported.from} imports ${imported.to}, which lives in ${library.homes.join(', ')}`
    }
  }
  if (to && to !== from && !from.mayImport.includes(to.name)) {
    return `${imported.from} (${from.name}) must not import ${imported.to} (${to.name})`
  }
  return undefined
}

export function readsEnvironment(file: SourceFile): boolean {
  const free = file.path.startsWith('dev/') || file.path.startsWith('test/') || entryFiles.includes(file.path)
  return !free && /\bprocess\.env\b/.test(file.text)
}
