const ADJECTIVES = [
  'amber',
  'brisk',
  'calm',
  'clear',
  'early',
  'gentle',
  'green',
  'kind',
  'lively',
  'quiet',
  'sunny',
  'warm',
]
const NOUNS = [
  'bridge',
  'garden',
  'harbor',
  'island',
  'lantern',
  'maple',
  'meadow',
  'orchard',
  'river',
  'summit',
  'terrace',
  'window',
]
const MAX_LENGTH = 64

/** A room name that people can say to each other; the number keeps strangers apart. */
export function friendlyRoomName(random: () => number = Math.random): string {
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? 'room'
  return `${pick(ADJECTIVES)}-${pick(NOUNS)}-${Math.floor(random() * 9_000) + 1_000}`
}

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
