import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { Match } from 'aws-cdk-lib/assertions'
import { Hono } from 'hono'
import { secureAnswers } from '../../../control-plane/secure-answers.ts'
import { PAGE_AUTHORIZATION } from '../../../control-plane/viewer-address.ts'
import { ExampleStage, exampleSettings } from './example-stage.ts'
import { properties } from './template-values.ts'

const stage = new ExampleStage()
after(() => stage.remove())
const template = (name: string) => stage.template(name)

test('[I12] the bucket of the page is private, read by CloudFront alone; the API is beside the page', () => {
  template('Page').hasResourceProperties('AWS::S3::Bucket', {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
  })
  template('Page').resourceCountIs('AWS::CloudFront::OriginAccessControl', 1)
  template('Page').hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: Match.objectLike({
      DefaultCacheBehavior: Match.objectLike({ ViewerProtocolPolicy: 'redirect-to-https' }),
      CacheBehaviors: [Match.objectLike({ PathPattern: '/v1/*', ViewerProtocolPolicy: 'https-only' })],
    }),
  })
  const [bucket] = Object.keys(template('Page').findResources('AWS::S3::Bucket'))
  template('Page').allResourcesProperties('Custom::CDKBucketDeployment', { DestinationBucketName: { Ref: bucket } })
  template('Page').hasResourceProperties('Custom::CDKBucketDeployment', {
    Exclude: ['assets/*'],
    SystemMetadata: { 'cache-control': 'no-cache' },
    DistributionPaths: ['/*'],
  })
})

test('[I12] only CloudFront shows the API the key of the page, which is in no template', () => {
  const [distribution] = properties(template('Page'), 'AWS::CloudFront::Distribution')
  const shown = [...JSON.stringify(distribution).matchAll(/"HeaderName":"([^"]+)","HeaderValue":(.+?\})\]/g)]
  const [[, name, value = ''] = []] = shown
  assert.equal(shown.length, 1)
  assert.equal(name, PAGE_AUTHORIZATION)
  assert.match(
    value,
    /"Bearer \{\{resolve:secretsmanager:",\{"Fn::ImportValue":"[^"]+PageKey[^"]+"\},":SecretString:::\}\}"/,
  )
  template('ControlPlane').hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ PAGE_KEY_SECRET: { Ref: Match.stringLikeRegexp('^PageKey') } }) },
  })
})

test('[I12] without a page there is no key of it', (t) => {
  const { page: _page, ...settings } = exampleSettings()
  const without = new ExampleStage(settings)
  t.after(() => without.remove())
  assert.doesNotMatch(JSON.stringify(without.template('ControlPlane').toJSON()), /page-key|PAGE_KEY/)
})

test('[I12] a link into the page leads to the page, and a file to itself', () => {
  const [edge] = properties(template('Page'), 'AWS::CloudFront::Function')
  const served = (uri: string) =>
    runInNewContext(`${edge?.['FunctionCode']}\nhandler({ request: { uri: ${JSON.stringify(uri)} } }).uri`)
  for (const link of ['/', '/room/standup', '/standup']) assert.equal(served(link), '/index.html')
  for (const file of ['/assets/app-1a2b.js', '/favicon.svg', '/index.html']) assert.equal(served(file), file)
})

test('[I12] the page has the same headers there as from the control plane itself', async () => {
  const app = new Hono()
    .use(
      secureAnswers({ AUTH_MODE: 'guests', PAGE_CONNECT_SOURCES: [`wss://*.nodes.${exampleSettings().domain.name}`] }),
    )
    .get('/', (c) => c.text('page'))
  const { headers } = await app.request('/')
  const [policy] = properties(template('Page'), 'AWS::CloudFront::ResponseHeadersPolicy')
  const text = JSON.stringify(policy).replaceAll('\\"', '"')
  const csp = /"ContentSecurityPolicy":"([^"]+)"/.exec(text)?.[1]
  const permissions = /"Permissions-Policy","Override":true,"Value":"([^"]+)"|"Value":"(camera[^"]+)"/.exec(text)
  const parts = (value: string | null | undefined, separator: string) =>
    (value ?? '')
      .split(separator)
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .sort()
  assert.deepEqual(parts(csp, ';'), parts(headers.get('content-security-policy'), ';'))
  assert.deepEqual(
    parts(permissions?.[1] ?? permissions?.[2], ','),
    parts(headers.get('permissions-policy')?.replaceAll('=self', '=(self)').replaceAll('=none', '=()'), ','),
  )
})
