import type { SeededRandom } from '../../seeded-random.ts'

/** Stands in whatever a caller says of themselves: no header of an answer and no line of a log may have it. */
export const MARK = 'zqMARKqz'

export const requestKinds = ['valid', 'body', 'path', 'query', 'headers', 'method', 'size', 'raw', 'slow'] as const
export type RequestKind = (typeof requestKinds)[number]

export type HostileRequest = {
  readonly kind: RequestKind
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** What a caller can have learnt. */
export type Knowledge = { readonly rooms: readonly string[]; readonly tokens: readonly string[]; readonly key: string }

const ROUTES = [
  ['POST', '/v1/rooms'],
  ['GET', '/v1/rooms/{room}'],
  ['DELETE', '/v1/rooms/{room}'],
  ['POST', '/v1/rooms/{room}/join'],
  ['GET', '/v1/rooms/{room}/transcript'],
  ['DELETE', '/v1/rooms/{room}/transcript'],
  ['GET', '/v1/nodes'],
  ['GET', '/v1/nodes/routes'],
  ['POST', '/v1/nodes/{node}/drain'],
  ['DELETE', '/v1/nodes/{node}/drain'],
  ['GET', '/health'],
  ['GET', '/ready'],
  ['GET', '/metrics'],
  ['GET', '/stats'],
  ['GET', '/openapi.json'],
  ['GET', '/.well-known/jwks.json'],
  ['GET', '/'],
] as const

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND'] as const

const NASTY_VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  -0,
  2 ** 60,
  '',
  ' ',
  [],
  {},
  [[[[[[]]]]]],
  MARK,
  `${MARK}\r\nset-cookie: a=b`,
  '\0',
  '\ud800',
  '\u202eabc',
  '../../etc/passwd',
  "' OR 1=1 --",
  '{{7*7}}<script>',
  'x'.repeat(70),
  'x'.repeat(2_000),
]
const NASTY_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '', '\0', 'x'.repeat(500)]
const NASTY_PATHS = ['..', '%2e%2e', '%2f', '%00', '%0d%0aset-cookie:a=b', '%', '%zz', '%c0%ae', '//', ';', '\\', '*']
const QUERY_NAMES = ['format', 'language', 'since', 'after', 'limit', 'transcript', '__proto__', 'x'] as const
const QUERY_VALUES = [
  'json',
  'vtt',
  'pdf',
  'en',
  'es-MX',
  '!',
  '0',
  '-1',
  '1e99',
  'NaN',
  '%00',
  '%F0%9F%8D%B0',
  '%',
  MARK,
]

/** The requests of one seed, one after the other. */
export class HostileRequests {
  readonly #random: SeededRandom

  constructor(random: SeededRandom) {
    this.#random = random
  }

  next(knowledge: Knowledge): HostileRequest {
    const kind = this.#pick(requestKinds)
    const valid = this.#valid(knowledge)
    switch (kind) {
      case 'valid':
      case 'slow':
        return { ...valid, kind }
      case 'body':
        return { ...valid, kind, method: 'POST', body: this.#brokenBody(valid.body ?? '{}') }
      case 'path':
        return { ...valid, kind, path: this.#brokenPath(valid.path) }
      case 'query':
        return { ...valid, kind, path: `${valid.path}?${this.#query()}` }
      case 'headers':
        return { ...valid, kind, headers: { ...valid.headers, ...this.#nastyHeaders(knowledge) } }
      case 'method':
        return { ...valid, kind, method: this.#pick(METHODS) }
      case 'size':
        return { ...valid, kind, method: 'POST', body: JSON.stringify({ a: 'x'.repeat(this.#random.below(60_000)) }) }
      case 'raw':
        return { ...valid, kind, body: this.#rawText(valid) }
    }
  }

  #valid(knowledge: Knowledge): HostileRequest {
    const [method, route] = this.#pick(ROUTES)
    const room = this.#random.below(3) === 0 ? `r${this.#random.below(50_000)}` : this.#pick(knowledge.rooms)
    const path = route.replace('{room}', room).replace('{node}', `node-${this.#random.below(4)}`)
    const authorization = this.#authorization(knowledge)
    const headers = {
      'content-type': 'application/json',
      ...(authorization !== undefined && { authorization }),
    }
    if (method !== 'POST') return { kind: 'valid', method, path, headers }
    return { kind: 'valid', method, path, headers, body: JSON.stringify(this.#body(path, room, knowledge)) }
  }

  #body(path: string, roomId: string, { tokens }: Knowledge): object {
    if (path.endsWith('/join')) {
      const back = this.#random.below(3) === 0 && { rejoinToken: this.#pick(tokens) }
      return { displayName: `Ada ${MARK}`, ...back, ...(this.#random.below(9) === 0 && { lostNodeId: 'node-0' }) }
    }
    if (path.endsWith('/drain')) return { deadlineSeconds: 0 }
    return this.#random.below(2) === 0 ? {} : { roomId, metadata: { [MARK]: MARK }, emptyTimeoutSeconds: 60 }
  }

  #authorization({ key, tokens }: Knowledge): string | undefined {
    const choices = [
      undefined,
      undefined,
      `Bearer ${key}`,
      `Bearer ${this.#pick(tokens)}`,
      `Bearer ${MARK}`,
      `Basic ${key}`,
    ]
    return this.#pick(choices)
  }

  #brokenBody(body: string): string {
    const value = this.#pick(NASTY_VALUES)
    switch (this.#random.below(6)) {
      case 0:
        return body.slice(0, this.#random.below(body.length + 1))
      case 1:
        return JSON.stringify(value)
      case 2:
        return `{${JSON.stringify(this.#pick(NASTY_KEYS))}:${JSON.stringify(value)}}`
      case 3: {
        const at = this.#random.below(body.length + 1)
        return `${body.slice(0, at)}${String.fromCodePoint(this.#random.below(0xd800))}${body.slice(at + 1)}`
      }
      case 4:
        return '['.repeat(1 + this.#random.below(5_000))
      default: {
        const names = [
          'roomId',
          'region',
          'maxParticipants',
          'emptyTimeoutSeconds',
          'metadata',
          'displayName',
          'language',
        ]
        return JSON.stringify({ displayName: 'Ada', [this.#pick(names)]: value })
      }
    }
  }

  #brokenPath(path: string): string {
    const at = this.#random.below(path.length + 1)
    return `${path.slice(0, at)}${this.#pick(NASTY_PATHS)}${path.slice(at)}` || '/'
  }

  #query(): string {
    const count = 1 + this.#random.below(4)
    return Array.from({ length: count }, () => `${this.#pick(QUERY_NAMES)}=${this.#pick(QUERY_VALUES)}`).join('&')
  }

  #nastyHeaders({ key }: Knowledge): Readonly<Record<string, string>> {
    const values = [
      MARK,
      '',
      ',',
      'x'.repeat(3_000),
      `127.0.0.1, ${MARK}`,
      '::1',
      '[',
      '\u00ff',
      '%0d%0a',
      `Bearer ${key},`,
    ]
    const names = [
      'x-forwarded-for',
      'authorization',
      'origin',
      'traceparent',
      'accept',
      'content-type',
      'content-encoding',
      'x-forwarded-host',
      'x-forwarded-proto',
      'forwarded',
      'cookie',
      'if-none-match',
      'range',
      'access-control-request-method',
      '__proto__',
    ]
    const count = 1 + this.#random.below(5)
    const nasty = Object.fromEntries(Array.from({ length: count }, () => [this.#pick(names), this.#pick(values)]))
    const hosts = [
      'localhost',
      '127.0.0.1:1',
      'evil.example',
      'localhost:99999',
      'a@localhost',
      '[::1]',
      'localhost#',
      '?',
    ]
    return this.#random.below(3) === 0 ? { ...nasty, host: this.#pick(hosts) } : nasty
  }

  /** The bytes of a request that no client of HTTP would send. */
  #rawText({ method, path }: HostileRequest): string {
    const head = (...lines: readonly string[]) => `${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`
    const junk = Array.from({ length: 30 }, () => String.fromCharCode(this.#random.below(256))).join('')
    return this.#pick([
      head(),
      head('host: localhost', 'host: evil.example'),
      head('host: localhost', 'content-length: 5', 'transfer-encoding: chunked', '', '0'),
      head('host: localhost', 'transfer-encoding: chunked', '', 'zz'),
      head('host: localhost', 'content-length: -1'),
      head('host: localhost', `x-${junk}: 1`),
      head('host: localhost', `a: ${'x'.repeat(20_000)}`),
      head(`host: ${junk}`),
      `${method} http://evil.example${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`,
      `${method} ${path} HTTP/9.9\r\n\r\n`,
      `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`,
      junk,
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    ])
  }

  #pick<T>(values: readonly T[]): T {
    for (const value of values.slice(this.#random.below(values.length))) return value
    throw new Error('there is nothing to pick from')
  }
}
