import { chmod, type FileHandle, mkdir, open, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'

/** What people said is for the account of the media node only. */
const FOLDER_MODE = 0o700
const FILE_MODE = 0o600

/** One file of the journal. */
export type SpoolFile = {
  /** Bytes in it when it was opened. */
  readonly size: number
  /** Resolves when the bytes at its end are on the disk. After a rejection some of them may be there. */
  append(bytes: Uint8Array): Promise<void>
  /** At most `length` bytes from `position`, fewer at the end of the file. */
  read(position: number, length: number): Promise<Buffer>
  /** Forgets what is in it. */
  empty(): Promise<void>
  close(): Promise<void>
}

/** The folder of the journal. Everything rejects with the error of the file system. */
export type SpoolDisk = {
  /** Makes the folder if it is missing. Names of all that is in it. */
  list(): Promise<readonly string[]>
  create(name: string): Promise<SpoolFile>
  open(name: string): Promise<SpoolFile>
  remove(name: string): Promise<void>
}

export function spoolDisk(folder: string): SpoolDisk {
  return {
    async list() {
      await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
      await chmod(folder, FOLDER_MODE)
      return readdir(folder)
    },
    async create(name) {
      const handle = await open(join(folder, name), 'ax+', FILE_MODE)
      await syncFolder(folder)
      return spoolFile(handle, 0)
    },
    async open(name) {
      const handle = await open(join(folder, name), 'r+')
      await handle.chmod(FILE_MODE)
      return spoolFile(handle, (await handle.stat()).size)
    },
    remove: (name) => unlink(join(folder, name)),
  }
}

function spoolFile(handle: FileHandle, size: number): SpoolFile {
  return {
    size,
    async append(bytes) {
      await handle.appendFile(bytes)
      await handle.datasync()
    },
    async read(position, length) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position)
      return buffer.subarray(0, bytesRead)
    },
    empty: () => handle.truncate(0),
    close: () => handle.close(),
  }
}

/** A file that was made is only found again after a power failure when its folder is on the disk, too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
