declare module 'dynalite' {
  import type { Server } from 'node:http'

  type Options = {
    /** Folder of the LevelDB store; in memory without it. */
    readonly path?: string
    readonly createTableMs?: number
    readonly updateTableMs?: number
    readonly deleteTableMs?: number
    /** 400 without it, as DynamoDB's. */
    readonly maxItemSizeKb?: number
  }

  const dynalite: (options: Options) => Server
  export = dynalite
}
