import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Match } from 'aws-cdk-lib/assertions'
import { ExampleStage } from './example-stage.ts'
import { properties } from './template-values.ts'

const stage = new ExampleStage()
after(() => stage.remove())
const template = (name: string) => stage.template(name)

test('[I4] the control plane runs on Node 24 inside the network, and its keys are named and not written', () => {
  template('ControlPlane').hasResourceProperties('AWS::Lambda::Function', {
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    VpcConfig: Match.anyValue(),
    Environment: {
      Variables: Match.objectLike({ AUTH_MODE: 'guests', SIGNING_KEY: Match.absent(), API_KEYS: Match.absent() }),
    },
  })
})

test('[I5] the API is throttled, and its access log keeps no address, no path and no header', () => {
  template('ControlPlane').hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
  })
  const [stage] = properties(template('ControlPlane'), 'AWS::ApiGatewayV2::Stage')
  template('ControlPlane').hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    AccessLogSettings: { DestinationArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('AccessLog'), 'Arn'] } },
  })
  const format = JSON.stringify(stage?.['AccessLogSettings'])
  assert.match(format, /\$context\.routeKey/)
  assert.doesNotMatch(format, /sourceIp|identity|\.path|authorizer|userAgent|protocol/i)
  const routes = properties(template('ControlPlane'), 'AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey)
  assert.equal(
    routes.some((route) => /metrics|stats|\$default/.test(String(route))),
    false,
  )
})

test('[I5] the API has a name of its own, with its certificate and its record', () => {
  const [domainName] = Object.keys(template('ControlPlane').findResources('AWS::ApiGatewayV2::DomainName'))
  template('ControlPlane').hasResourceProperties('AWS::ApiGatewayV2::ApiMapping', { DomainName: { Ref: domainName } })
  template('ControlPlane').hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
    DomainName: 'api.calls.example.com',
    DomainNameConfigurations: [Match.objectLike({ SecurityPolicy: 'TLS_1_2' })],
  })
  template('ControlPlane').hasResourceProperties('AWS::CertificateManager::Certificate', {
    DomainName: 'api.calls.example.com',
  })
  template('ControlPlane').hasResourceProperties('AWS::Route53::RecordSet', { Name: 'api.calls.example.com.' })
})

test('[I6] the signing keys are rotated once a month, outside the network, by a Lambda that may do no more', () => {
  template('ControlPlane').hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
    SecretId: { Ref: Match.stringLikeRegexp('^SigningKeys') },
    RotationLambdaARN: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Rotation'), 'Arn'] },
    RotationRules: { ScheduleExpression: 'rate(30 days)' },
  })
  template('ControlPlane').hasResourceProperties('AWS::Lambda::Function', {
    Description: Match.stringLikeRegexp('^Rotates'),
    VpcConfig: Match.absent(),
  })
})
