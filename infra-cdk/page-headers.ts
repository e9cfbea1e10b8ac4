import { Duration } from 'aws-cdk-lib'
import {
  HeadersFrameOption,
  HeadersReferrerPolicy,
  ResponseHeadersPolicy,
  type ResponseHeadersPolicyProps,
} from 'aws-cdk-lib/aws-cloudfront'
import type { Construct } from 'constructs'

/** As `control-plane/secure-answers.ts` has it for the page where the control plane serves it. */
const contentSecurityPolicy = (zoneOfNodes: string) => [
  "default-src 'self'",
  `connect-src 'self' wss://*.${zoneOfNodes}`,
  "img-src 'self' data: blob:",
  "media-src 'self' blob: mediastream:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
]

const PERMISSIONS_POLICY = [
  'camera=(self)',
  'microphone=(self)',
  'display-capture=(self)',
  'autoplay=(self)',
  'fullscreen=(self)',
  'picture-in-picture=(self)',
  'screen-wake-lock=(self)',
  'geolocation=()',
  'payment=()',
  'usb=()',
].join(', ')

const SECURITY_HEADERS: NonNullable<ResponseHeadersPolicyProps['securityHeadersBehavior']> = {
  contentTypeOptions: { override: true },
  frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
  referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
  strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: false, override: true },
}

/** The headers that keep the page to itself and to the media nodes in a DNS zone. */
export function pageHeaders(scope: Construct, zoneOfNodes: string): ResponseHeadersPolicy {
  const policy = contentSecurityPolicy(zoneOfNodes).join('; ')
  return new ResponseHeadersPolicy(scope, 'Headers', {
    securityHeadersBehavior: {
      ...SECURITY_HEADERS,
      contentSecurityPolicy: { contentSecurityPolicy: policy, override: true },
    },
    customHeadersBehavior: {
      customHeaders: [{ header: 'Permissions-Policy', value: PERMISSIONS_POLICY, override: true }],
    },
  })
}
