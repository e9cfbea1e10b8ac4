import { Stack, type StackProps, Validations } from 'aws-cdk-lib'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as route53 from 'aws-cdk-lib/aws-route53'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { asVpc } from './as-interface.ts'
import { MEDIA_PORTS, SIGNALLING_PORT, VALKEY_PORT } from './ports.ts'
import { nodesZone, type StageSettings } from './stage-settings.ts'

/** Who may reach whom: the VPC, its security groups, and the zone of the media nodes with its wildcard certificate. */
export class NetworkStack extends Stack {
  readonly vpc: ec2.IVpc
  readonly mediaGroup: ec2.SecurityGroup
  readonly controlPlaneGroup: ec2.SecurityGroup
  readonly valkeyGroup: ec2.SecurityGroup
  /** Where browsers find media nodes, one A record each. */
  readonly publicZone: route53.PublicHostedZone
  /** The same names for the control plane, which has no way out of the VPC: they lead to the private addresses. */
  readonly privateZone: route53.PrivateHostedZone
  /** `{ "certificate": PEM, "privateKey": PEM }` for every name in the zone; put there and renewed by the operator. */
  readonly nodesCertificate: Secret
  readonly #zones: string[]

  constructor(scope: Construct, id: string, settings: StageSettings, props: StackProps) {
    super(scope, id, props)
    this.#zones = settings.availabilityZones
    this.vpc = this.#vpc()
    this.mediaGroup = this.#group('MediaGroup', 'Media nodes: media and signalling from everywhere')
    this.controlPlaneGroup = this.#group('ControlPlaneGroup', 'Lambdas of the control plane: nothing comes in')
    this.valkeyGroup = this.#group('ValkeyGroup', 'Valkey: from the control plane and the media nodes')
    this.#admit()

    const zoneName = nodesZone(settings)
    this.publicZone = new route53.PublicHostedZone(this, 'PublicZone', { zoneName })
    this.privateZone = new route53.PrivateHostedZone(this, 'PrivateZone', { zoneName, vpc: this.vpc })
    new route53.ZoneDelegationRecord(this, 'Delegation', {
      zone: route53.HostedZone.fromHostedZoneAttributes(this, 'Domain', {
        hostedZoneId: settings.domain.hostedZoneId,
        zoneName: settings.domain.name,
      }),
      recordName: zoneName,
      nameServers: this.publicZone.hostedZoneNameServers ?? [],
    })
    this.nodesCertificate = new Secret(this, 'NodesCertificate', {
      secretName: `jbcalling-${settings.stage}/nodes-certificate`,
      description: `Certificate of *.${zoneName}, as docs/deployment/aws.md has it put here`,
    })
    Validations.of(this.nodesCertificate).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'An authority outside AWS issues the certificate; the operator puts it here, and an alarm tells when it is late.',
    })
  }

  /** The CDK would ask the account for them, when it deploys. */
  override get availabilityZones(): string[] {
    return this.#zones
  }

  #vpc(): ec2.IVpc {
    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr('10.0.0.0/16'),
      maxAzs: this.#zones.length,
      natGateways: 0,
      subnetConfiguration: [
        { name: 'Media', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 20 },
        { name: 'Inside', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
      ],
      gatewayEndpoints: {
        DynamoDb: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB },
        S3: { service: ec2.GatewayVpcEndpointAwsService.S3 },
      },
    })
    Validations.of(vpc).acknowledge(
      {
        id: 'AwsSolutions-VPC7',
        reason: 'Flow logs would keep the address of every participant, and addresses stay out of logs.',
      },
      {
        id: 'CloudFormation-Validate::W3010',
        reason: 'The zones are a setting of the stage, so that nothing is looked up.',
      },
    )
    return asVpc(vpc)
  }

  #group(id: string, description: string): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this, id, { vpc: this.vpc, description })
  }

  #admit(): void {
    const everybody = ec2.Peer.anyIpv4()
    const { first, last } = MEDIA_PORTS
    this.mediaGroup.addIngressRule(everybody, ec2.Port.udpRange(first, last), 'Media')
    this.mediaGroup.addIngressRule(everybody, ec2.Port.tcpRange(first, last), 'Media where UDP is blocked')
    this.mediaGroup.addIngressRule(everybody, ec2.Port.tcp(SIGNALLING_PORT), 'Signalling')
    Validations.of(this.mediaGroup).acknowledge({
      id: 'AwsSolutions-EC23',
      reason: 'Browsers come from everywhere to the ports of media and signalling, and to no other.',
    })
    const secrets = this.#group('SecretsGroup', 'Endpoint of Secrets Manager: from those who read secrets')
    for (const group of [this.mediaGroup, this.controlPlaneGroup]) {
      this.valkeyGroup.addIngressRule(group, ec2.Port.tcp(VALKEY_PORT), 'Node registry')
      secrets.addIngressRule(group, ec2.Port.tcp(443), 'Secrets')
    }
    this.vpc.addInterfaceEndpoint('SecretsManager', {
      service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
      subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroups: [secrets],
      open: false,
    })
  }
}
