import { getConnInfo, handle } from 'hono/aws-lambda'
import { createLogger } from '../shared/logging.ts'
import { readSettings } from '../shared/settings.ts'
import { composeControlPlane } from './compose-control-plane.ts'
import { readLambdaSecrets } from './lambda-secrets.ts'
import { controlPlaneSettings } from './settings.ts'
import { PAGE_AUTHORIZATION, viewerAddress } from './viewer-address.ts'

/** A Lambda can be called from anywhere, so the settings are held to what that asks for. */
const EVERYWHERE = '0.0.0.0'

const { PAGE_KEY, ...secrets } = await readLambdaSecrets(process.env)
const settings = readSettings(controlPlaneSettings, { ...process.env, ...secrets, HOST: EVERYWHERE })
if (settings.SIGNING_KEY === undefined) {
  throw new Error('A Lambda needs SIGNING_KEY: each instance would sign with a key of its own.')
}
const addressOf = viewerAddress(PAGE_KEY)
const logger = createLogger({ name: 'control-plane', level: settings.LOG_LEVEL })

const { app } = await composeControlPlane({
  settings,
  logger,
  addressOf: (c) =>
    addressOf({
      remoteAddress: getConnInfo(c).remote.address,
      pageAuthorization: c.req.header(PAGE_AUTHORIZATION),
      forwardedFor: c.req.header('x-forwarded-for'),
    }),
})

/** AWS Lambda's entry, for API Gateway (REST and HTTP), function URLs and load balancers. */
export const handler = handle(app)
