import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export type SynthesisOptions = {
  readonly voice: 'rms' | 'slt' | 'awb'
  /** Silence around the sentence, in seconds. */
  readonly before?: number
  readonly after?: number
}

const run = promisify(execFile)
const DEADLINE_MS = 30_000
let folder: string | undefined

/** Has a sentence spoken by flite; the path of a WAV file, 48 kHz mono, that is removed when the process ends. */
export async function synthesise(
  sentence: string,
  { voice, before = 1, after = 3 }: SynthesisOptions,
): Promise<string> {
  const name = join(speechFolder(), randomUUID())
  const spoken = `${name}-spoken.wav`
  const padded = `${name}.wav`
  await run('flite', ['-voice', voice, '-t', sentence, '-o', spoken], { timeout: DEADLINE_MS })
  const pad = ['pad', `${before}`, `${after}`]
  await run('sox', ['-G', '-R', spoken, '-r', '48000', '-c', '1', padded, ...pad], { timeout: DEADLINE_MS })
  return padded
}

/** Two seconds of nothing; a WAV file like those of `synthesise`. */
export async function silence(): Promise<string> {
  const file = join(speechFolder(), `${randomUUID()}-silence.wav`)
  await run('sox', ['-n', '-r', '48000', '-c', '1', '-b', '16', file, 'trim', '0', '2'], { timeout: DEADLINE_MS })
  return file
}

function speechFolder(): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'jbcalling-speech-'))
    process.once('exit', () => rmSync(made, { recursive: true, force: true }))
    folder = made
  }
  return folder
}
