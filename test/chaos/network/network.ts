import type { Command } from '../../../dev/child.ts'

/** A cable that can be pulled: nobody on either side is told, packets just no longer arrive. */
export type Wire = {
  cut(): Promise<void>
  mend(): Promise<void>
  /** Gives the place another address, as when a laptop goes from one network to the next. */
  readdress(): Promise<void>
}

/** Where a media node or a browser runs. */
export type Place = {
  readonly address: string
  /** The command line that runs a program there. */
  command(command: Command): Command
  /** Missing where all share one network. */
  readonly wire?: Wire
}

/** The network of a fleet and its clients. What is made of it ends with this process. */
export type Network = {
  /** Where everything that is in no place of its own is reached from the places. */
  readonly gateway: string
  /** The place of this name, which is made when it is asked for first. */
  place(name: string): Promise<Place>
}
