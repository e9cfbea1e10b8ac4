import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type SourceFile, sourceFiles } from './source-tree.ts'

const PAGE = join(import.meta.dirname, '../RULES.md')

/** What the rules of a letter are about, and the folders whose tests hold them. */
const AREAS: Readonly<Record<string, { readonly about: string; readonly folders: RegExp }>> = {
  A: { about: 'Allocation', folders: /control-plane/ },
  R: { about: 'Rooms', folders: /control-plane/ },
  D: { about: 'Bad input at the HTTP API', folders: /control-plane/ },
  L: { about: 'Who may call, and how much', folders: /control-plane/ },
  K: { about: 'Signing keys and join tokens', folders: /control-plane/ },
  O: { about: "An operator's view of the control plane", folders: /control-plane/ },
  C: { about: 'Settings of the control plane', folders: /control-plane/ },
  P: { about: 'The control plane as a process', folders: /control-plane/ },
  Q: { about: 'The signalling protocol', folders: /shared/ },
  N: { about: 'Node registry', folders: /shared/ },
  S: { about: 'Room store', folders: /shared/ },
  J: { about: 'What was said: its store and its journal', folders: /shared|control-plane|transcripts/ },
  M: { about: 'Media node: SFU and signalling', folders: /media-node/ },
  G: { about: 'Captions', folders: /captions/ },
  F: { about: 'Calls between real browsers', folders: /browser/ },
  W: { about: 'The page and its SDK', folders: /browser|client/ },
  B: { about: 'Setting up a machine', folders: /dev/ },
  E: { about: 'The launcher', folders: /dev/ },
  T: { about: '`npm test`', folders: /dev/ },
  V: { about: 'What an operator sees: metrics, alerts, dashboard, logs and traces', folders: /operations/ },
  X: { about: 'Benchmarks', folders: /bench/ },
  I: { about: 'AWS', folders: /infra-cdk/ },
  Y: { about: 'Chaos', folders: /chaos/ },
  Z: { about: 'Docker Swarm', folders: /swarm/ },
  H: { about: 'The house', folders: /architecture|unit\/[a-z]+\.test\.ts/ },
}

const TITLE = /\btest\(\s*(['`"])\[([A-Z])(\d+)\] ((?:(?!\1)[^\\]|\\.)*)\1/g

type Rule = { readonly letter: string; readonly number: number; readonly text: string; readonly path: string }

/** The rules that a test file's titles state. */
export function rulesOf(file: SourceFile): readonly Rule[] {
  return [...file.text.matchAll(TITLE)].map(([, , letter = '', number, text = '']) => ({
    letter,
    number: Number(number),
    text: text.replaceAll(/\$\{[^}]*\}/g, '…').replaceAll("\\'", "'"),
    path: file.path,
  }))
}

function allRules(): readonly Rule[] {
  return sourceFiles()
    .filter(({ path }) => path.startsWith('test/'))
    .flatMap(rulesOf)
}

/** Rules of a letter that belongs to another area, or to none. */
export function strayRules(rules: readonly Rule[] = allRules()): readonly string[] {
  return rules
    .filter(({ letter, path }) => !AREAS[letter]?.folders.test(path.replace(/^test\//, '')))
    .map(({ letter, number, path }) => `${letter}${number} in ${path}`)
}

/** The page of rules as the titles of the tests have it. */
export function rulesPage(): string {
  const rules = allRules()
  const sections = Object.entries(AREAS).map(([letter, { about }]) => {
    const lines = rules
      .filter((rule) => rule.letter === letter)
      .sort((a, b) => a.number - b.number || (a.text < b.text ? -1 : 1))
      .map(({ number, text }) => `- **${letter}${number}** ${text}`)
    return `## ${about}\n\n${[...new Set(lines)].join('\n')}\n`
  })
  return `# Rules\n\nWhat the product promises, as the tests hold it: each line is the title of a test.\nMade by \`node_modules/.bin/node test/architecture/rules-page.ts\`.\n\n${sections.join('\n')}`
}

export function writtenRulesPage(): string {
  return readFileSync(PAGE, 'utf8')
}

if (process.argv[1] === import.meta.filename) writeFileSync(PAGE, rulesPage())
