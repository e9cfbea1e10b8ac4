import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { SettingsError } from '../shared/settings.ts'

type LookUp = (name: string) => Promise<{ readonly address: string }>

/**
 * The address that participants are told to send media to. A host name is looked up, since not every browser looks up
 * host names in ICE candidates.
 *
 * @throws SettingsError when there is no such name
 */
export async function announcedAddress(nameOrAddress: string, lookUp: LookUp = lookup): Promise<string> {
  if (isIP(nameOrAddress) !== 0) return nameOrAddress
  try {
    return (await lookUp(nameOrAddress)).address
  } catch {
    throw new SettingsError(['MEDIA_ADDRESS: the name cannot be looked up; name an address, or add it to the DNS'])
  }
}
