import type { Campaign } from './campaign.ts'
import { httpCampaign } from './http/http-campaign.ts'

/** Every campaign, in the order in which they are played. */
export const campaigns: readonly Campaign[] = [httpCampaign]
