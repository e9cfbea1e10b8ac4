/** A stream of hostile input against one door of the product, the same for the same seed. */
export type Campaign = {
  /** By which `--only` picks it. */
  readonly name: string
  /** One line for `--help`. */
  readonly about: string
  run(options: CampaignOptions): Promise<CampaignReport>
}

export type CampaignOptions = {
  readonly seed: number
  /** Milliseconds after which it sends nothing more. */
  readonly forMs: number
  /** It ends earlier when it has sent as much as this, in its own unit (packets, messages, requests). */
  readonly most?: number | undefined
  /** Shows how far it is. */
  readonly progress: (line: string) => void
}

export type CampaignReport = {
  /** How much was sent, by kind. */
  readonly sent: Readonly<Record<string, number>>
  /** Figures such as the longest hold of the main thread, with their units. */
  readonly figures: Readonly<Record<string, string>>
  /** What must not have happened: a process that died, memory that grew, somebody who noticed. */
  readonly problems: readonly string[]
}
