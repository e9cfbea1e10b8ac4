import { globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, posix, relative } from 'node:path'

const root = join(import.meta.dirname, '../..')

const SOURCES = '{control-plane,media-node,shared,client,infra-cdk,infra-swarm,dev,test}/**/*.{ts,tsx,mjs}'

/** One file of ours naming another: a path from the root, or a package's name. */
export type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean }

export type SourceFile = { readonly path: string; readonly text: string }

export function sourceFiles(): readonly SourceFile[] {
  return globSync(SOURCES, { cwd: root, exclude: ['**/dist/**', '**/node_modules/**'] })
    .map((path) => relative(root, join(root, path)).replaceAll('\\', '/'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

const STATEMENT = /(?:^|\n)[ \t]*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s*)?['"]([^'"]+)['"]/g
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
const THREAD = /new URL\(\s*['"](\.[^'"]+\.m?ts)['"]\s*,\s*import\.meta\.url\s*\)/g

/** Everything a file imports: statically, dynamically, or as a thread's entry. Node's own modules are left out. */
export function importsOf(file: SourceFile): readonly Import[] {
  const found = [
    ...[...file.text.matchAll(STATEMENT)].map(([, type, target = '']) => ({ target, typeOnly: type !== undefined })),
    ...[...file.text.matchAll(DYNAMIC)].map(([, target = '']) => ({ target, typeOnly: false })),
    ...[...file.text.matchAll(THREAD)].map(([, target = '']) => ({ target, typeOnly: false })),
  ]
  return found
    .filter(({ target }) => !target.startsWith('node:') && !builtinModules.includes(target))
    .map(({ target, typeOnly }) => ({ from: file.path, to: resolve(file.path, target), typeOnly }))
}

function resolve(from: string, target: string): string {
  if (target.startsWith('.')) return posix.normalize(posix.join(posix.dirname(from), target))
  const parts = target.split('/')
  return parts.slice(0, target.startsWith('@') ? 2 : 1).join('/')
}
