import { RemovalPolicy, Validations } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  DomainName,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53'
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets'
import { Construct } from 'constructs'
import type { StageSettings } from './stage-settings.ts'

/** What the Lambda answers to. Not /metrics and /stats, which would be those of one instance among many. */
const ROUTES: readonly [HttpMethod, string][] = [
  [HttpMethod.ANY, '/v1/{call+}'],
  [HttpMethod.GET, '/.well-known/jwks.json'],
  [HttpMethod.GET, '/openapi.json'],
  [HttpMethod.GET, '/health'],
  [HttpMethod.GET, '/ready'],
]

/** What is kept of a call: no address of a person, no path, which names a room, and no header, which holds a key. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  milliseconds: '$context.responseLatency',
  error: '$context.integrationErrorMessage',
}

/** API Gateway before the Lambda: routes, throttling, an access log, and a name of its own where one is wanted. */
export class HttpEntrance extends Construct {
  readonly api: HttpApi
  /** Host name of the API, as API Gateway gives it. */
  readonly originHost: string
  /** Where the API is, without a slash at the end. */
  readonly url: string

  constructor(scope: Construct, id: string, settings: StageSettings, handler: IFunction) {
    super(scope, id)
    const name = settings.api.customDomain ? `api.${settings.domain.name}` : undefined
    const domainName = name === undefined ? undefined : this.#domainName(name, settings)
    this.api = new HttpApi(this, 'Api', { apiName: `jbcalling-${settings.stage}`, createDefaultStage: false })
    const integration = new HttpLambdaIntegration('Lambda', handler)
    for (const [method, path] of ROUTES) this.api.addRoutes({ path, methods: [method], integration })
    this.#stage(settings, domainName)
    Validations.of(this.api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'The control plane itself checks the key of every call that needs one, as it does on every other host.',
    })
    this.originHost = `${this.api.apiId}.execute-api.${settings.region}.amazonaws.com`
    this.url = `https://${name ?? this.originHost}`
  }

  #stage({ api }: StageSettings, domainName: DomainName | undefined): void {
    const log = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: api.requestsPerSecond, burstLimit: api.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(log),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
      ...(domainName !== undefined && { domainMapping: { domainName } }),
    })
  }

  #domainName(name: string, { domain }: StageSettings): DomainName {
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Domain', {
      hostedZoneId: domain.hostedZoneId,
      zoneName: domain.name,
    })
    const certificate = new Certificate(this, 'Certificate', {
      domainName: name,
      validation: CertificateValidation.fromDns(zone),
    })
    const domainName = new DomainName(this, 'Name', {
      domainName: name,
      certificate,
      securityPolicy: SecurityPolicy.TLS_1_2,
    })
    const { regionalDomainName, regionalHostedZoneId } = domainName
    new ARecord(this, 'Record', {
      zone,
      recordName: name,
      target: RecordTarget.fromAlias(new ApiGatewayv2DomainProperties(regionalDomainName, regionalHostedZoneId)),
    })
    return domainName
  }
}
