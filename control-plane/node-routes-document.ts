import type { KnownNode } from '../shared/node-registry/node-registry.ts'

/** Where a media node takes signalling, whatever address browsers know it by. */
const SIGNALLING_PATH = '/v1/signalling'

const AT_SIGNALLING = 'at-signalling'
const MEDIA_NODE = 'media-node'

/** Traefik's own is 30 s, in which a browser would wait for a media node that has just died. */
const DIAL_TIMEOUT = '1s'

type Router = { readonly rule: string; readonly service: string; readonly middlewares: readonly [string] }
type Service = {
  readonly loadBalancer: {
    readonly servers: ReadonlyArray<{ readonly url: string }>
    readonly passHostHeader: boolean
    readonly serversTransport: string
  }
}

/** The part of Traefik's dynamic configuration (v3) that says how browsers reach each media node. */
export type NodeRoutes = {
  readonly http: {
    /** Always there: Traefik keeps what it had when it is given nothing at all, and refuses empty tables. */
    readonly middlewares: Readonly<Record<string, { readonly replacePath: { readonly path: string } }>>
    readonly serversTransports: Readonly<
      Record<string, { readonly forwardingTimeouts: { readonly dialTimeout: string } }>
    >
    readonly routers?: Readonly<Record<string, Router>>
    readonly services?: Readonly<Record<string, Service>>
  }
}

/**
 * For each media node one router, for exactly the address it registered, and one service, where the media node itself is.
 * Nothing else of a media node can be reached so. Entry points and TLS are Traefik's own defaults. Those that do not say
 * where they are have no route. The same fleet gives the same document: Traefik loads it anew only where it differs.
 */
export function nodeRoutesDocument(nodes: readonly Pick<KnownNode, 'nodeId' | 'url' | 'internalUrl'>[]): NodeRoutes {
  const routed = nodes.flatMap(({ nodeId, url, internalUrl }) =>
    internalUrl === undefined || !URL.canParse(url)
      ? []
      : [{ name: `media-${nodeId}`, url: new URL(url), internalUrl }],
  )
  const always = {
    middlewares: { [AT_SIGNALLING]: { replacePath: { path: SIGNALLING_PATH } } },
    serversTransports: { [MEDIA_NODE]: { forwardingTimeouts: { dialTimeout: DIAL_TIMEOUT } } },
  }
  if (routed.length === 0) return { http: always }
  return {
    http: {
      ...always,
      routers: Object.fromEntries(
        routed.map(({ name, url }) => [name, { rule: ruleFor(url), service: name, middlewares: [AT_SIGNALLING] }]),
      ),
      services: Object.fromEntries(
        routed.map(({ name, internalUrl }) => [
          name,
          { loadBalancer: { servers: [{ url: internalUrl }], passHostHeader: true, serversTransport: MEDIA_NODE } },
        ]),
      ),
    },
  }
}

/** Neither part of a parsed URL has a backtick in it, which would end the rule's text. */
function ruleFor({ hostname, pathname }: URL): string {
  return `Host(\`${hostname}\`) && Path(\`${pathname}\`)`
}
