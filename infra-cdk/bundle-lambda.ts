import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'

/** The module in a bundle's folder, and the function in it, as AWS Lambda names them. */
export const BUNDLE_FILE = 'index.mjs'
export const LAMBDA_HANDLER = 'index.handler'

/** Packages that are CommonJS ask for Node's modules by `require`, which an ES module has to make itself. */
const REQUIRE =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);"

/** zod brings its messages in fifty languages, a sixth of the bundle; the API answers in English. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
  },
}

/** Bundles an entry with all it imports, as one file that Node 24 runs; answers the folder, which is new. */
export async function bundleLambda(entry: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jbcalling-lambda-'))
  await build({
    entryPoints: [entry],
    outfile: join(folder, BUNDLE_FILE),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    banner: { js: REQUIRE },
    // The package `redis` is its client with the commands of Redis' modules, which nobody here uses.
    alias: { redis: '@redis/client' },
    plugins: [englishOnly],
    logLevel: 'error',
  })
  return folder
}
