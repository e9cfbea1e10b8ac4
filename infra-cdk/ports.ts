/** UDP and TCP: one of them for each media worker. */
export const MEDIA_PORTS = { first: 40_000, last: 40_100 }

/** That of HTTPS, which firewalls let through. */
export const SIGNALLING_PORT = 443

/** Of the media node's metrics, on the instance itself only. */
export const METRICS_PORT = 9_091

export const VALKEY_PORT = 6379
