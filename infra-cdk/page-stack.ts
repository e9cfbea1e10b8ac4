import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  type ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53'
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets'
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3'
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { acknowledgeManagedPolicies, acknowledgeWildcards } from './acknowledge.ts'
import { asBucket } from './as-interface.ts'
import type { HttpEntrance } from './http-entrance.ts'
import { pageHeaders } from './page-headers.ts'
import { nodesZone, type StageSettings } from './stage-settings.ts'

type PageSettings = NonNullable<StageSettings['page']>

/** Vite puts a hash of the content into these files' names. */
const ASSETS = 'assets/*'

/** A link into the page, such as /room/standup, is the page; what has a dot in its last part is a file. */
const PAGE_FOR_LINKS = `function handler(event) {
  var request = event.request
  if (!/\\.[^/]*$/.test(request.uri)) request.uri = '/index.html'
  return request
}`

/** Where `control-plane/viewer-address.ts` looks for the page's key. */
const PAGE_AUTHORIZATION = 'x-page-authorization'

const DEPLOYER_ACTIONS = ['GetObject', 'GetBucket', 'List', 'DeleteObject', 'Abort']

export type PageNeeds = {
  readonly entrance: HttpEntrance
  readonly pageKey: Secret | undefined
  /** Folder of the built page. */
  readonly folder: string
}

/** The page, in S3 behind CloudFront, with the API beside it, so that it calls its own origin only. */
export class PageStack extends Stack {
  /** As a browser names it in `Origin`. */
  readonly origin: string

  constructor(
    scope: Construct,
    id: string,
    settings: StageSettings,
    page: PageSettings,
    needs: PageNeeds,
    props: StackProps,
  ) {
    super(scope, id, props)
    const bucket = this.#bucket()
    const headers = pageHeaders(this, nodesZone(settings))
    const distribution = this.#distribution(bucket, page, { ...needs, headers })
    if (page.domain !== undefined) this.#record(page.domain.name, settings, distribution)
    this.#deploy(bucket, distribution, needs.folder)
    this.origin = `https://${page.domain?.name ?? distribution.distributionDomainName}`
    new CfnOutput(this, 'Url', { value: this.origin })
  }

  #bucket(): IBucket {
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Only CloudFront reads it, and what it holds is public.',
    })
    return asBucket(bucket)
  }

  #distribution(
    bucket: IBucket,
    page: PageSettings,
    needs: PageNeeds & { readonly headers: ResponseHeadersPolicy },
  ): Distribution {
    const links = new EdgeFunction(this, 'Links', {
      code: FunctionCode.fromInline(PAGE_FOR_LINKS),
      runtime: FunctionRuntime.JS_2_0,
    })
    const distribution = new Distribution(this, 'Distribution', {
      comment: 'The page of JBCalling, and the API',
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_ALL,
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      ...(page.domain !== undefined && {
        domainNames: [page.domain.name],
        certificate: Certificate.fromCertificateArn(this, 'Certificate', page.domain.certificateArn),
      }),
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: needs.headers,
        functionAssociations: [{ function: links, eventType: FunctionEventType.VIEWER_REQUEST }],
      },
      additionalBehaviors: {
        '/v1/*': {
          origin: apiOrigin(needs),
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          // API Gateway knows itself by its own host name only.
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        },
      },
    })
    Validations.of(distribution).acknowledge(
      { id: 'AwsSolutions-CFR1', reason: 'People call from everywhere.' },
      {
        id: 'AwsSolutions-CFR2',
        reason: 'API Gateway throttles and the control plane limits rates; a WAF is the operator’s to add.',
      },
      { id: 'AwsSolutions-CFR3', reason: 'An access log would keep addresses of people and names of rooms.' },
      {
        id: 'AwsSolutions-CFR4',
        reason: 'Without a domain of its own CloudFront’s certificate fixes the protocol; with one it is TLS 1.2.',
      },
    )
    return distribution
  }

  #record(recordName: string, { domain }: StageSettings, distribution: Distribution): void {
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Domain', {
      hostedZoneId: domain.hostedZoneId,
      zoneName: domain.name,
    })
    const target = RecordTarget.fromAlias(new CloudFrontTarget(distribution))
    new ARecord(this, 'Record', { zone, recordName: `${recordName}.`, target })
    new AaaaRecord(this, 'RecordIpv6', { zone, recordName: `${recordName}.`, target })
  }

  /** Files that never change come first and stay, so that a page loaded before finds its own. */
  #deploy(bucket: IBucket, distribution: Distribution, folder: string): void {
    const assets = new BucketDeployment(this, 'Assets', {
      sources: [Source.asset(folder)],
      destinationBucket: bucket,
      exclude: ['*'],
      include: [ASSETS],
      prune: false,
      cacheControl: [CacheControl.setPublic(), CacheControl.maxAge(Duration.days(365)), CacheControl.immutable()],
    })
    const rest = new BucketDeployment(this, 'Rest', {
      sources: [Source.asset(folder)],
      destinationBucket: bucket,
      exclude: [ASSETS],
      prune: false,
      cacheControl: [CacheControl.noCache()],
      distribution,
      distributionPaths: ['/*'],
    })
    rest.node.addDependency(assets)
    this.#acknowledgeDeployer()
  }

  /** The CDK's own Lambda, which copies files into buckets. */
  #acknowledgeDeployer(): void {
    const reason = 'The CDK’s own copier of files, which runs during a deployment and nowhere else.'
    const deployer = this.node.children.find(({ node }) => node.id.startsWith('Custom::CDKBucketDeployment'))
    if (deployer === undefined) throw new Error('The CDK deploys files in another way than it did.')
    acknowledgeManagedPolicies(deployer, reason, 'service-role/AWSLambdaBasicExecutionRole')
    acknowledgeWildcards(deployer, reason, ...DEPLOYER_ACTIONS.map((action) => `Action::s3:${action}*`), 'Resource::*')
    const assets = `arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-${this.account}-${this.region}`
    acknowledgeWildcards(deployer, reason, `Resource::${assets}/*`, 'Resource::<Bucket83908E77.Arn>/*')
    Validations.of(deployer).acknowledge({ id: 'AwsSolutions-L1', reason })
  }
}

/** The API, to which CloudFront shows the key; nobody who calls it another way knows it. */
function apiOrigin({ entrance, pageKey }: PageNeeds): HttpOrigin {
  return new HttpOrigin(entrance.originHost, {
    ...(pageKey && { customHeaders: { [PAGE_AUTHORIZATION]: `Bearer ${pageKey.secretValue.unsafeUnwrap()}` } }),
  })
}
