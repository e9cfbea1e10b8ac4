#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { createServer as createTlsServer } from 'node:https'

/**
 * Stands in for Traefik in `npm run test:swarm`, where Traefik's image cannot be had. It follows only what of Traefik's
 * configuration infra-swarm/traefik uses: TLS by the own certificate, the control plane for everything but what routes.yml
 * keeps inside, and for the media nodes what the HTTP provider's document says.
 */

const INSIDE = new Set(['/metrics', '/stats', '/ready', '/v1/nodes/routes'])
/** Steps within a path, which routes.yml does not let in either. */
const STEPS = /\/(\.|%2e){1,2}(\/|$)/i
const RULE = /^Host\(`([^`]+)`\) && Path\(`([^`]+)`\)$/
/** The document's `dialTimeout`. */
const DIAL_TIMEOUT_MS = 1_000
const CONTROL_PLANE = new URL('http://control-plane:8080')

if (process.argv[2] === 'healthcheck') {
  const answer = await fetch('http://127.0.0.1:8082/ping')
  process.exit(answer.ok ? 0 : 1)
}

const configuration = readFileSync('/etc/traefik/traefik.yml', 'utf8')
const endpoint = need(/endpoint: (\S+)/)
const authorization = need(/Authorization: '([^']+)'/)

/** @type {{ host: string, path: string, target: URL, replaced: string }[]} */
let routes = []

/** @param {RegExp} pattern */
function need(pattern) {
  const [, found] = pattern.exec(configuration) ?? []
  if (found === undefined) throw new Error(`traefik.yml has nothing like ${pattern}`)
  return found
}

async function poll() {
  try {
    const answer = await fetch(endpoint, { headers: { authorization }, signal: AbortSignal.timeout(2_000) })
    if (!answer.ok) throw new Error(`answered ${answer.status}`)
    const { http } = await answer.json()
    const next = Object.values(http.routers ?? {}).map((router) => {
      const [, host, path] = RULE.exec(router.rule) ?? []
      const [server] = http.services[router.service].loadBalancer.servers
      const replaced = http.middlewares[router.middlewares[0]].replacePath.path
      if (host === undefined || path === undefined) throw new Error(`a rule this cannot read: ${router.rule}`)
      return { host, path, target: new URL(server.url), replaced }
    })
    if (JSON.stringify(next) !== JSON.stringify(routes)) console.log(JSON.stringify({ routes: next }))
    routes = next
  } catch (error) {
    console.log(`routes: ${error}`)
  }
}

/** @param {import('node:http').IncomingMessage} asked */
function targetOf(asked) {
  const [path = '/'] = (asked.url ?? '/').split('?', 1)
  const [host = ''] = (asked.headers.host ?? '').split(':', 1)
  const route = routes.find((each) => each.host === host && each.path === path)
  if (route) return { url: route.target, path: route.replaced }
  return INSIDE.has(path) || STEPS.test(path) ? undefined : { url: CONTROL_PLANE, path: asked.url }
}

/** @param {import('node:http').IncomingMessage} asked */
function forward(asked) {
  const target = targetOf(asked)
  if (target === undefined) return undefined
  const headers = { ...asked.headers, 'x-forwarded-for': asked.socket.remoteAddress ?? '' }
  const { hostname: host, port } = target.url
  const forwarded = request({ host, port, path: target.path, method: asked.method, headers, agent: false })
  const late = setTimeout(() => forwarded.destroy(new Error('nobody takes the connection')), DIAL_TIMEOUT_MS)
  forwarded.on('socket', (socket) => socket.once('connect', () => clearTimeout(late)))
  forwarded.on('close', () => clearTimeout(late))
  return forwarded
}

const tls = { cert: readFileSync('/run/secrets/tls-certificate'), key: readFileSync('/run/secrets/tls-key') }
const server = createTlsServer(tls, (asked, answer) => {
  const forwarded = forward(asked)
  if (forwarded === undefined) {
    answer.writeHead(404).end('404 page not found')
    return
  }
  forwarded.on('response', (from) => {
    answer.writeHead(from.statusCode ?? 502, from.headers)
    from.pipe(answer)
  })
  forwarded.on('error', () => answer.writeHead(502).end('Bad Gateway'))
  asked.pipe(forwarded)
})
server.on('upgrade', (asked, socket, head) => {
  const forwarded = forward(asked)
  if (forwarded === undefined) {
    socket.destroy()
    return
  }
  socket.on('error', () => forwarded.destroy())
  forwarded.on('error', () => socket.destroy())
  forwarded.on('response', (from) => {
    socket.end(`HTTP/1.1 ${from.statusCode} ${from.statusMessage}\r\nconnection: close\r\n\r\n`)
  })
  forwarded.on('upgrade', (from, upstream, first) => {
    const lines = [`HTTP/1.1 101 ${from.statusMessage}`]
    for (let i = 0; i < from.rawHeaders.length; i += 2) lines.push(`${from.rawHeaders[i]}: ${from.rawHeaders[i + 1]}`)
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    socket.write(first)
    upstream.write(head)
    upstream.on('error', () => socket.destroy())
    upstream.on('close', () => socket.destroy())
    socket.on('close', () => upstream.destroy())
    upstream.pipe(socket).pipe(upstream)
  })
  forwarded.end()
})

await poll()
setInterval(poll, 1_000)
server.listen(443)
createServer((_asked, answer) => answer.end('OK')).listen(8082, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
