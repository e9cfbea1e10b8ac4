import { decodeRecord, encodeRecord, type JournalRecord, MAX_RECORD_BYTES } from './journal-record.ts'
import type { SpoolDisk, SpoolFile } from './spool-disk.ts'
import type { TranscriptMetrics } from './transcript-metrics.ts'

const NAME = /^(\d{12})\.finals$/
const NAME_DIGITS = 12
/** The bound is kept by dropping whole files, so a file is a small part of it. */
const FILES_IN_BOUND = 16
const MAX_FILE_BYTES = 4_194_304
const LINE_END = 10

type JournalFile = {
  readonly name: string
  readonly file: SpoolFile
  /** Bytes that are on the disk for certain. */
  size: number
  /** Up to here everything is stored. */
  offset: number
  /** Lines after `offset`. */
  lines: number
}

/** The records that wait the longest. */
export type WaitingRecords = {
  readonly records: readonly JournalRecord[]
  /** Says that they are stored. */
  done(): Promise<void>
}

type JournalFilesOptions = {
  readonly disk: SpoolDisk
  readonly maxBytes: number
  readonly metrics: Pick<TranscriptMetrics, 'dropped' | 'journalFailed'>
}

/**
 * Records in files: appended to the newest, taken from the oldest, which is removed once all of it is stored. One taker at
 * a time. Files of an earlier process are taken first.
 */
export class JournalFiles {
  readonly #options: JournalFilesOptions
  readonly #files: JournalFile[]
  /** The newest, while it may be appended to. */
  #current: JournalFile | undefined
  #number: number
  /** What writes, empties and removes goes one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  /** @throws the error of the file system when the folder cannot be used; a file that cannot is left where it is */
  static async open(options: JournalFilesOptions): Promise<JournalFiles> {
    const names = (await options.disk.list()).filter((name) => NAME.test(name)).sort()
    const files: JournalFile[] = []
    for (const name of names) {
      const left = await leftBehind(options.disk, name).catch(() => options.metrics.journalFailed())
      if (left) files.push(left)
    }
    const newest = Number(names.at(-1)?.slice(0, NAME_DIGITS) ?? 0)
    return new JournalFiles(options, files, newest)
  }

  private constructor(options: JournalFilesOptions, files: JournalFile[], newest: number) {
    this.#options = options
    this.#files = files
    this.#number = newest
  }

  get #fileBytes(): number {
    return Math.min(MAX_FILE_BYTES, this.#options.maxBytes / FILES_IN_BOUND)
  }

  /** Lines that are not stored. */
  get waiting(): number {
    return this.#files.reduce((sum, { lines }) => sum + lines, 0)
  }

  /** Resolves when the records are on the disk. After a rejection some of them may be, and may be appended again. */
  append(records: readonly JournalRecord[]): Promise<void> {
    return this.#inTurn(async () => {
      let portion: Buffer[] = []
      for (const bytes of records.map(encodeRecord)) {
        if (portion.length > 0 && lengthOf(portion) + bytes.length > this.#fileBytes) {
          await this.#appendPortion(portion)
          portion = []
        }
        portion.push(bytes)
      }
      if (portion.length > 0) await this.#appendPortion(portion)
    })
  }

  /** The oldest records that are not stored; undefined when there are none. What cannot be read is dropped. */
  async oldest(most: number): Promise<WaitingRecords | undefined> {
    for (let file = this.#files[0]; file; file = this.#files[0]) {
      if (file.offset < file.size) {
        const waiting = await this.#read(file, most)
        if (waiting) return waiting
      } else if (!(await this.#inTurn(() => this.#clear(file)))) return undefined
    }
    return undefined
  }

  /** Closes the files, and removes those that are stored to the end. */
  async close(): Promise<void> {
    this.#current = undefined
    await this.#inTurn(async () => {
      for (const file of [...this.#files]) {
        if (file.offset >= file.size) await this.#remove(file)
        else await file.file.close()
      }
    })
  }

  /** Empties the file that is still written to and removes any other. Answers whether there is something to go on with. */
  async #clear(file: JournalFile): Promise<boolean> {
    if (file.offset < file.size || this.#files[0] !== file) return true
    if (file === this.#current && file.size === 0) return false
    if (file === this.#current && (await emptied(file.file))) {
      file.offset = 0
      file.size = 0
      return false
    }
    if (file === this.#current) this.#current = undefined
    await this.#remove(file)
    return true
  }

  async #read(file: JournalFile, most: number): Promise<WaitingRecords | undefined> {
    const bytes = await this.#bytesOf(file)
    if (!bytes) return undefined
    const { lines, length } = linesOf(bytes, most, file.offset + bytes.length >= file.size)
    const records = lines.map(decodeRecord).filter((record) => record !== undefined)
    const unreadable = lines.length - records.length
    const done = async () => {
      if (this.#files[0] !== file) return
      file.offset += length
      file.lines = Math.max(0, file.lines - lines.length)
    }
    if (unreadable > 0) this.#options.metrics.dropped('unreadable', unreadable)
    if (records.length > 0) return { records, done }
    await done()
    return undefined
  }

  async #bytesOf(file: JournalFile): Promise<Buffer | undefined> {
    const length = Math.min(MAX_RECORD_BYTES, file.size - file.offset)
    const bytes = await file.file.read(file.offset, length).catch(() => undefined)
    if (bytes && bytes.length > 0) return bytes
    this.#options.metrics.dropped('unreadable', file.lines)
    if (this.#current === file) this.#current = undefined
    await this.#inTurn(() => this.#remove(file))
    return undefined
  }

  async #appendPortion(lines: readonly Buffer[]): Promise<void> {
    const bytes = Buffer.concat(lines)
    await this.#makeRoom(bytes.length)
    const current = await this.#fileFor(bytes.length)
    try {
      await current.file.append(bytes)
    } catch (error) {
      // Part of it may be there: what comes next must not be joined to that.
      this.#current = undefined
      throw error
    }
    current.size += bytes.length
    current.lines += lines.length
  }

  /** Drops the oldest files until `bytes` more are within the bound. */
  async #makeRoom(bytes: number): Promise<void> {
    const held = () => this.#files.reduce((sum, { size }) => sum + size, 0)
    for (let oldest = this.#files[0]; oldest && held() + bytes > this.#options.maxBytes; oldest = this.#files[0]) {
      if (oldest === this.#current) this.#current = undefined
      if (oldest.lines > 0) this.#options.metrics.dropped('journal_full', oldest.lines)
      await this.#remove(oldest)
    }
  }

  async #fileFor(bytes: number): Promise<JournalFile> {
    if (this.#current && this.#current.size + bytes <= this.#fileBytes) return this.#current
    this.#number += 1
    const name = `${String(this.#number).padStart(NAME_DIGITS, '0')}.finals`
    const current = { name, file: await this.#options.disk.create(name), size: 0, offset: 0, lines: 0 }
    this.#files.push(current)
    this.#current = current
    return current
  }

  async #remove(file: JournalFile): Promise<void> {
    const index = this.#files.indexOf(file)
    if (index < 0) return
    this.#files.splice(index, 1)
    await file.file.close().catch(() => undefined)
    await this.#options.disk.remove(file.name).catch(() => undefined)
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task)
    this.#turn = result.catch(() => undefined)
    return result
  }
}

function lengthOf(portion: readonly Buffer[]): number {
  return portion.reduce((sum, { length }) => sum + length, 0)
}

/** The first whole lines of these bytes, and how long they are; the last may lack its end when `isAll` of the file is there. */
function linesOf(bytes: Buffer, most: number, isAll: boolean): { lines: string[]; length: number } {
  const lines: string[] = []
  let length = 0
  while (lines.length < most && length < bytes.length) {
    const end = bytes.indexOf(LINE_END, length)
    // Without an end it is torn off by a death, or longer than a line can be.
    if (end < 0 && !isAll && lines.length > 0) break
    lines.push(bytes.toString('utf8', length, end < 0 ? bytes.length : end))
    length = end < 0 ? bytes.length : end + 1
  }
  return { lines, length }
}

function emptied(file: SpoolFile): Promise<boolean> {
  return file.empty().then(
    () => true,
    () => false,
  )
}

async function leftBehind(disk: SpoolDisk, name: string): Promise<JournalFile> {
  const file = await disk.open(name)
  return { name, file, size: file.size, offset: 0, lines: await countLines(file) }
}

async function countLines(file: SpoolFile): Promise<number> {
  let lines = 0
  let torn = 0
  for (let position = 0; position < file.size; ) {
    const bytes = await file.read(position, MAX_RECORD_BYTES)
    if (bytes.length === 0) break
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, end + 1)) lines += 1
    torn = bytes.at(-1) === LINE_END ? 0 : 1
    position += bytes.length
  }
  return lines + torn
}
