/**
 * Bootstring (RFC 3492), which writes any text in few letters and back: Punycode's digits and parameters (§5), but with
 * small letters, digits, `-` and `_` as the basic code points and everything else as extended ones. `q&a` is `qa-kda`.
 */

const DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789'
const BASE = DIGITS.length
const T_MIN = 1
const T_MAX = 26
const SKEW = 38
const DAMP = 700
const INITIAL_BIAS = 72
/** Any code point that is not basic may be extended; in Punycode only those from 0x80 on, since all of ASCII is basic there. */
const INITIAL_N = 0
const MAX_CODE_POINT = 0x10ffff
const DELIMITER = '-'

const BASIC = /^[a-z0-9_-]$/

/** The text in letters, digits, `-` and `_`. No two texts have the same (§6.3). */
export function encodeBootstring(text: string): string {
  const points = [...text].map(codePointOf)
  const basic = [...text].filter((character) => BASIC.test(character))
  let output = basic.length > 0 ? basic.join('') + DELIMITER : ''
  let handled = basic.length
  let n = INITIAL_N
  let bias = INITIAL_BIAS
  let delta = 0
  while (handled < points.length) {
    const next = Math.min(...points.filter((point) => point >= n && !isBasic(point)))
    delta += (next - n) * (handled + 1)
    n = next
    for (const point of points) {
      if (point < n || isBasic(point)) delta += 1
      if (point !== n) continue
      output += writeDelta(delta, bias)
      bias = adapt(delta, handled + 1, handled === basic.length)
      delta = 0
      handled += 1
    }
    delta += 1
    n += 1
  }
  return output
}

/** The text of which the code was made (§6.2); undefined for what is no code. */
export function decodeBootstring(code: string): string | undefined {
  const end = code.lastIndexOf(DELIMITER)
  const characters = end > 0 ? [...code.slice(0, end)] : []
  const basics = characters.length
  let rest = end > 0 ? code.slice(end + 1) : code
  let n = INITIAL_N
  let bias = INITIAL_BIAS
  let index = 0
  while (rest !== '') {
    const read = readDelta(rest, bias)
    if (read === undefined) return undefined
    const length = characters.length + 1
    index += read.delta
    n += Math.floor(index / length)
    index %= length
    if (n > MAX_CODE_POINT || isBasic(n)) return undefined
    bias = adapt(read.delta, length, characters.length === basics)
    characters.splice(index, 0, String.fromCodePoint(n))
    index += 1
    rest = read.rest
  }
  return characters.join('')
}

/** A number in digits whose weights depend on the one before it, so that its last digit tells where it ends (§3.3). */
function writeDelta(delta: number, bias: number): string {
  let written = ''
  let value = delta
  for (let k = BASE; ; k += BASE) {
    const t = threshold(k, bias)
    if (value < t) return written + DIGITS.charAt(value)
    written += DIGITS.charAt(t + ((value - t) % (BASE - t)))
    value = Math.floor((value - t) / (BASE - t))
  }
}

function readDelta(code: string, bias: number): { readonly delta: number; readonly rest: string } | undefined {
  let delta = 0
  let weight = 1
  for (const [position, character] of [...code].entries()) {
    const digit = DIGITS.indexOf(character)
    if (digit === -1) return undefined
    delta += digit * weight
    const t = threshold(BASE * (position + 1), bias)
    if (digit < t) return { delta, rest: code.slice(position + 1) }
    weight *= BASE - t
    if (weight > Number.MAX_SAFE_INTEGER / BASE) return undefined
  }
  return undefined
}

function threshold(k: number, bias: number): number {
  return Math.min(T_MAX, Math.max(T_MIN, k - bias))
}

/** What the next number is likely to be (§6.1). */
function adapt(delta: number, length: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? DAMP : 2))
  rest += Math.floor(rest / length)
  let k = 0
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN))
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW))
}

function isBasic(point: number): boolean {
  return BASIC.test(String.fromCodePoint(point))
}

function codePointOf(character: string): number {
  return character.codePointAt(0) ?? 0
}
