import type { types } from 'mediasoup-client'
import type { RtpCapabilities, RtpParameters } from '../../shared/protocol/rtp.ts'

/** The one header extension that a media node offers and mediasoup-client does not know. */
const TIME_OFFSET = 'urn:ietf:params:rtp-hdrext:toffset'

export function knownCapabilities({ headerExtensions = [], ...others }: RtpCapabilities): types.RtpCapabilities {
  return {
    ...others,
    headerExtensions: headerExtensions.flatMap(({ uri, ...rest }) => (uri === TIME_OFFSET ? [] : [{ ...rest, uri }])),
  }
}

export function knownParameters({ headerExtensions = [], ...others }: RtpParameters): types.RtpParameters {
  return {
    ...others,
    headerExtensions: headerExtensions.flatMap(({ uri, ...rest }) => (uri === TIME_OFFSET ? [] : [{ ...rest, uri }])),
  }
}
