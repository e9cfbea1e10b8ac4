import { roomId } from '../../shared/api.ts'
import { faultOf } from '../../shared/protocol/written-text.ts'
import { decodeBootstring, encodeBootstring } from './bootstring.ts'
import { withoutTraceless } from './traceless.ts'

/**
 * People write names of rooms, the API knows ids of ASCII. A name in any script becomes one id, and two names never become the
 * same: docs/decisions/room-names.md.
 */

/** What stands in the room's field, and the room that it means or, in words that follow "This name", why it means none. */
export type RoomChoice =
  | { readonly text: string; readonly id: string }
  | { readonly text: string; readonly fault: string }

const MAX_ID_LENGTH = 64

/** Ids that begin with it are names in Bootstring; names that begin with it are written so themselves. */
const ENCODED = 'u--'

/** What is an id of the API as it is. */
const PLAIN = /^[a-z0-9][a-z0-9_-]*$/

/** The blank Braille pattern is how Braille writes a space. */
const SPACES = /[\s\u2800]+/gu

/** The room of a name that somebody typed. */
export function roomOfName(text: string): RoomChoice {
  const joined = text.replace(SPACES, ' ').trim().replaceAll(' ', '-')
  const fault =
    faultOf(joined) ?? (/\p{Cn}/u.test(joined) ? 'has a character that this browser does not know' : undefined)
  if (fault !== undefined) return { text, fault }
  const name = withoutTraceless(joined.normalize('NFD'))
  const written = foldCase(name).normalize('NFC')
  const tooLong = charactersTooMany(written)
  if (tooLong > 0) return { text, fault: `is ${tooLong} ${tooLong === 1 ? 'character' : 'characters'} too long` }
  return { text, id: encoded(written) }
}

/** The room that the page's address names by its id or its name; undefined when it names none. */
export function roomOfAddress(address: string): RoomChoice | undefined {
  const named = new URL(address).searchParams.get('room') ?? ''
  if (named === '') return undefined
  // As it is, capitals included: the API takes them, and links to its rooms go round.
  if (roomId.safeParse(named).success) return roomOfId(named)
  return shown(roomOfName(named))
}

export function roomOfId(id: string): RoomChoice {
  return { text: roomName(id), id }
}

/** The choice with its text as everybody else sees the name. */
export function shown(room: RoomChoice): RoomChoice {
  return 'id' in room ? roomOfId(room.id) : room
}

/** What people see of a room: the name that its id was made of, or the id itself. */
export function roomName(id: string): string {
  const name = id.startsWith(ENCODED) ? decodeBootstring(id.slice(ENCODED.length)) : undefined
  if (name === undefined) return id
  const room = roomOfName(name)
  return 'id' in room && room.id === id && encoded(name) === id ? name : id
}

/**
 * The address to send to others. It has the name where the way back from it is safe, all in ASCII; programs that look for links
 * in a text leave a full stop at the end, so what they might leave is escaped too.
 */
export function invitationLink(address: string, id: string): string {
  const url = new URL('/', address)
  const linkTo = (named: string) => {
    url.search = `?room=${encodeURIComponent(named).replace(/[.!~*'()]/g, escaped)}`
    return url.href
  }
  const link = linkTo(roomName(id))
  const room = roomOfAddress(link)
  return room !== undefined && 'id' in room && room.id === id ? link : linkTo(id)
}

function encoded(name: string): string {
  return PLAIN.test(name) && !name.startsWith(ENCODED) ? name : ENCODED + encodeBootstring(name)
}

/** How many characters, as people count them, have to go from the end of a name before its id fits. */
function charactersTooMany(name: string): number {
  const ends = [...new Intl.Segmenter().segment(name)].map(({ index, segment }) => index + segment.length)
  // An id has at least one letter for each character, so longer beginnings need not be tried.
  const fitting = ends
    .slice(0, MAX_ID_LENGTH)
    .findLastIndex((end) => encoded(name.slice(0, end)).length <= MAX_ID_LENGTH)
  return ends.length - 1 - fitting
}

/**
 * Unicode's full case folding (UAX #15 is applied by the caller), which JavaScript has not: to small letters, so that `ẞ` is
 * `ß`; to capitals, so that `ß` is `SS` and both sigmas are `Σ`; and back. Dotless `ı`, whose capital is `I`, folds to itself.
 */
function foldCase(text: string): string {
  return text.replace(/[^ı]+/gu, (part) => part.toLowerCase().toUpperCase().toLowerCase())
}

function escaped(character: string): string {
  return `%${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`
}
