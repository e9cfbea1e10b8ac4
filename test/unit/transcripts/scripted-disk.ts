import { type SpoolDisk, type SpoolFile, spoolDisk } from '../../../media-node/transcripts/spool-disk.ts'

type Fault = 'full' | 'torn' | 'unreadable'

class DiskError extends Error {
  readonly code = 'ENOSPC'
}

/** A real folder whose disk can be made to fail. */
export class ScriptedDisk implements SpoolDisk {
  readonly #real: SpoolDisk
  /** `full` takes nothing, `torn` takes half of what it is given and then fails, `unreadable` gives nothing. */
  fault: Fault | undefined
  /** Appends that are over, well or not. */
  appended = 0
  #gate: Promise<void> | undefined
  #dead = false
  readonly #open = new Set<SpoolFile>()

  constructor(folder: string) {
    this.#real = spoolDisk(folder)
  }

  /** Keeps what is appended waiting until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gate = promise
    return () => {
      this.#gate = undefined
      resolve()
    }
  }

  /** As after the death of the process: files are closed, and nothing that is asked from now on happens. */
  async die(): Promise<void> {
    this.#dead = true
    for (const file of this.#open) await file.close()
  }

  list(): Promise<readonly string[]> {
    return this.#real.list()
  }

  async create(name: string): Promise<SpoolFile> {
    if (this.fault === 'full') throw new DiskError('no space left on device')
    return this.#scripted(await this.#real.create(name))
  }

  async open(name: string): Promise<SpoolFile> {
    return this.#scripted(await this.#real.open(name))
  }

  async remove(name: string): Promise<void> {
    await this.#alive()
    await this.#real.remove(name)
  }

  async #alive(): Promise<void> {
    if (this.#dead) await new Promise(() => undefined)
  }

  #scripted(file: SpoolFile): SpoolFile {
    this.#open.add(file)
    return {
      size: file.size,
      empty: async () => {
        await this.#alive()
        await file.empty()
      },
      close: async () => {
        await this.#alive()
        this.#open.delete(file)
        await file.close()
      },
      append: async (bytes) => {
        await this.#gate
        await this.#alive()
        try {
          if (this.fault === 'torn') await file.append(bytes.subarray(0, bytes.length >> 1))
          if (this.fault === 'torn' || this.fault === 'full') throw new DiskError('no space left on device')
          await file.append(bytes)
        } finally {
          this.appended += 1
        }
      },
      read: async (position, length) => {
        await this.#alive()
        if (this.fault === 'unreadable') throw new DiskError('input/output error')
        return file.read(position, length)
      },
    }
  }
}
