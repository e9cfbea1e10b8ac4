import { lookup } from 'node:dns/promises'
import { isIP, isIPv6 } from 'node:net'
import { SettingsError } from '../shared/settings.ts'

type LookUp = (name: string) => Promise<{ readonly address: string }>

/**
 * The address that a setting gives by itself or by a host name. Media is announced so, since not every browser looks up
 * host names in ICE candidates.
 *
 * @throws SettingsError when there is no such name
 */
export async function lookedUpAddress(
  setting: string,
  nameOrAddress: string,
  lookUp: LookUp = lookup,
): Promise<string> {
  if (isIP(nameOrAddress) !== 0) return nameOrAddress
  try {
    return (await lookUp(nameOrAddress)).address
  } catch {
    throw new SettingsError([`${setting}: the name cannot be looked up; name an address, or add it to the DNS`])
  }
}

/**
 * The URL with an address for its host name. Docker's DNS knows a task's name neither before its first health check nor
 * once it is told to stop, and both times there are calls on it.
 *
 * @throws SettingsError when there is no such name
 */
export async function withLookedUpHost(setting: string, url: string, lookUp?: LookUp): Promise<string> {
  const lookedUp = new URL(url)
  if (lookedUp.hostname.startsWith('[')) return url
  const address = await lookedUpAddress(setting, lookedUp.hostname, lookUp)
  lookedUp.hostname = isIPv6(address) ? `[${address}]` : address
  return lookedUp.origin
}
