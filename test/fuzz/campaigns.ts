import type { Campaign } from './campaign.ts'
import { signallingCampaign } from './signalling/campaign.ts'

/** Every campaign, in the order in which they are played. */
export const campaigns: readonly Campaign[] = [signallingCampaign]
