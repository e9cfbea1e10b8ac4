/** Letters that are not mistaken for one another and make no words. */
const ALPHABET = 'bcdfghjkmnpqrstvwxz'
const GROUPS = 3
const GROUP_LENGTH = 4

/** The largest multiple of the alphabet's length that a byte can be below: what is left over would favour some letters. */
const FAIR_BYTES = 256 - (256 % ALPHABET.length)

/** An id that can be read out and not be guessed (51 bits of the cryptographic source), such as `kqzr-bmtd-xvnf`. */
export function newRoomId(): string {
  return Array.from({ length: GROUPS }, () => Array.from({ length: GROUP_LENGTH }, newLetter).join('')).join('-')
}

function newLetter(): string {
  const [byte = FAIR_BYTES] = crypto.getRandomValues(new Uint8Array(1))
  return byte < FAIR_BYTES ? ALPHABET.charAt(byte % ALPHABET.length) : newLetter()
}
