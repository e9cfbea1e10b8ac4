import { access, readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { canonicalTag } from './language-lookup.ts'

/** A program of Apertium's and what it is started with. */
export type Command = { readonly program: string; readonly args: readonly string[] }

/** How Apertium translates one language into another: programs, each of which reads what the one before it wrote. */
export type Mode = { readonly from: string; readonly to: string; readonly commands: readonly Command[] }

/** Where programs are looked for, here and by the shell that starts them. */
export const PROGRAM_FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin']

const MOST_MODES = 1_000
const MODE_NAME = /^(?<from>[a-z]{2,3}(?:_\w+)?)-(?<to>[a-z]{2,3}(?:_\w+)?)\.mode$/
const WORD = /'([^']*)'|([^\s'|]+)/g
/** What only a shell understands. */
const SHELL = /['"`;&<>()\\*?{}[\]~#!\n]/
/** `$1` marks unknown words or does not, `$2` shows ambiguity or does not. Here: neither. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = { $1: ['-n'], $2: [] }
/** Programs that flush at a NUL without being told, and do not know the option. */
const FLUSH_BY_THEMSELVES = new Set(['vislcg3', 'cg-mwesplit'])

/**
 * The language pairs in Apertium's folder of modes whose programs are all on this machine, as `apertium -l` lists them.
 * One that is more than a pipe of programs is left out. Empty when there is no such folder.
 */
export async function readModes(folder: string): Promise<readonly Mode[]> {
  const names = await readdir(folder).catch(() => [])
  const modes = await Promise.all(names.slice(0, MOST_MODES).map((name) => readMode(join(folder, name))))
  return modes.filter((mode) => mode !== undefined)
}

async function readMode(path: string): Promise<Mode | undefined> {
  const { from, to } = MODE_NAME.exec(basename(path))?.groups ?? {}
  if (from === undefined || to === undefined) return undefined
  const commands = parseMode(await readFile(path, 'utf8').catch(() => ''))
  if (commands === undefined || !(await Promise.all(commands.map(isThere))).every(Boolean)) return undefined
  const languages = { from: canonicalTag(from), to: canonicalTag(to) }
  if (languages.from === undefined || languages.to === undefined) return undefined
  return { from: languages.from, to: languages.to, commands }
}

/** The commands of a mode file, each with the option that makes it answer at every NUL; undefined if it is not a plain pipe. */
export function parseMode(text: string): readonly Command[] | undefined {
  const line = text.trim()
  if (line === '' || SHELL.test(line.replaceAll(/'[^']*'/g, 'x'))) return undefined
  const commands = line.split('|').map(parseCommand)
  return commands.some(({ program }) => program === '') ? undefined : commands
}

function parseCommand(text: string): Command {
  const words = [...text.matchAll(WORD)].flatMap(([, quoted, plain = '']) => quoted ?? ARGUMENTS[plain] ?? plain)
  const [program = '', ...args] = words
  return { program, args: FLUSH_BY_THEMSELVES.has(program) ? args : ['-z', ...args] }
}

async function isThere({ program }: Command): Promise<boolean> {
  const paths = program.startsWith('/') ? [program] : PROGRAM_FOLDERS.map((folder) => join(folder, program))
  return await Promise.any(paths.map((path) => access(path))).then(
    () => true,
    () => false,
  )
}
