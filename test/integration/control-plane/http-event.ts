/** An event as API Gateway's HTTP API (payload format 2.0) sends it. */
export function httpEvent(
  method: string,
  path: string,
  options: { readonly key?: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
) {
  const { key, body, headers } = options
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: {
      accept: '*/*',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      'content-type': 'application/json',
      host: 'api.example',
      'x-forwarded-for': '198.51.100.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...headers,
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'r3pmxmplak',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '198.51.100.1', userAgent: 'test' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: '$default',
      stage: '$default',
      time: '10/Mar/2026:05:16:23 +0000',
      timeEpoch: 1_773_119_783_000,
    },
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
  }
}
