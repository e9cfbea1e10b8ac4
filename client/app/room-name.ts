const MAX_LENGTH = 64

/** What was typed as the room id that the API accepts, such as `Team stand-up` as `Team-stand-up`; may be empty. */
export function roomIdOf(typed: string): string {
  return typed
    .normalize('NFKD')
    .replace(/\s+/g, '-')
    .replace(/[^A-Za-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
    .slice(0, MAX_LENGTH)
}

/** The room that the page's address names, or an empty string. */
export function roomInAddress(address: string): string {
  return roomIdOf(new URL(address).searchParams.get('room') ?? '')
}

/** The address to send to others. */
export function invitationLink(address: string, roomId: string): string {
  const url = new URL('/', address)
  url.searchParams.set('room', roomId)
  return url.href
}
