import type { Campaign } from './campaign.ts'
import { httpCampaign } from './http/http-campaign.ts'
import { signallingCampaign } from './signalling/campaign.ts'
import { srtpCampaign } from './srtp/srtp-campaign.ts'

/** Every campaign, in the order in which they are played. */
export const campaigns: readonly Campaign[] = [srtpCampaign, signallingCampaign, httpCampaign]
