import { randomInt } from 'node:crypto'

/** Letters that are not mistaken for one another and make no words. */
const ALPHABET = 'bcdfghjkmnpqrstvwxz'
const GROUPS = 3
const GROUP_LENGTH = 4

/** An id that can be read out and not be guessed (51 bits), such as `kqzr-bmtd-xvnf`. */
export function newRoomId(): string {
  const group = () => Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  return Array.from({ length: GROUPS }, group).join('-')
}
