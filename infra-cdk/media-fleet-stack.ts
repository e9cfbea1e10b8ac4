import { CfnOutput, Duration, RemovalPolicy, SecretValue, Stack, type StackProps, Validations } from 'aws-cdk-lib'
import {
  AutoScalingGroup,
  CfnAutoScalingGroup,
  GroupMetrics,
  HealthChecks,
  TerminationPolicy,
} from 'aws-cdk-lib/aws-autoscaling'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets'
import type { Role } from 'aws-cdk-lib/aws-iam'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import type { ControlPlaneStack } from './control-plane-stack.ts'
import type { DataStack } from './data-stack.ts'
import { fleetMetric } from './fleet-metric.ts'
import { mediaHostUserData } from './media-host.ts'
import type { MediaImage } from './media-image.ts'
import { mediaRole } from './media-role.ts'
import type { NetworkStack } from './network-stack.ts'
import { MEDIA_PORTS, METRICS_PORT, SIGNALLING_PORT } from './ports.ts'
import type { StageSettings } from './stage-settings.ts'

const LAUNCH_HOOK = 'ready'
const TERMINATION_HOOK = 'drained'

/** An instance that is not ready by then is given up, and another one started. */
const LAUNCH_SECONDS = 900
/** A termination waits this long for a sign of life. */
const HOOK_HEARTBEAT_SECONDS = 300
/** From a launch until the media node is in use and its load can be seen. */
const WARM_UP = Duration.minutes(4)
/** Beyond the drain, for the rooms that are left to end. */
const STOP_SECONDS = 30
const DISK_GB = 20

/** Rooms refused within a minute, and how many instances come for them. */
const REFUSAL_STEPS = [
  { upper: 0, change: 0 },
  { lower: 1, change: 1 },
  { lower: 20, change: 3 },
]

export type MediaFleetNeeds = {
  readonly network: NetworkStack
  readonly data: DataStack
  readonly controlPlane: ControlPlaneStack
  readonly image: MediaImage
  /** Origins whose pages may connect. */
  readonly origins: readonly string[]
}

/** The media nodes: instances of EC2 that run one container each, as many as their load asks for. */
export class MediaFleetStack extends Stack {
  readonly group: AutoScalingGroup

  constructor(scope: Construct, id: string, settings: StageSettings, needs: MediaFleetNeeds, props: StackProps) {
    super(scope, id, props)
    const groupName = `jbcalling-${settings.stage}-media`
    const { network } = needs
    const role = mediaRole(this, settings, { ...needs, groupName })
    const template = this.#template(settings, needs, groupName, role)
    this.group = new AutoScalingGroup(this, 'Group', {
      autoScalingGroupName: groupName,
      vpc: network.vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      launchTemplate: template,
      minCapacity: settings.media.minNodes,
      maxCapacity: settings.media.maxNodes,
      healthChecks: HealthChecks.ec2({ gracePeriod: WARM_UP }),
      defaultInstanceWarmup: WARM_UP,
      terminationPolicies: [TerminationPolicy.OLDEST_LAUNCH_TEMPLATE, TerminationPolicy.DEFAULT],
      groupMetrics: [GroupMetrics.all()],
    })
    // An instance that started before its permissions were there would fail its first steps.
    this.group.node.addDependency(role)
    this.#hooks()
    this.#scale(settings, needs.controlPlane)
    Validations.of(this.group).acknowledge({
      id: 'AwsSolutions-AS3',
      reason: 'Instances come and go with the day; alarms tell when there are too few (observability-stack.ts).',
    })
    new CfnOutput(this, 'GroupName', { value: groupName })
  }

  #template(settings: StageSettings, needs: MediaFleetNeeds, groupName: string, role: Role): ec2.LaunchTemplate {
    const { network, image } = needs
    const { stage, region, media } = settings
    const instanceType = new ec2.InstanceType(media.instanceType)
    const isArm = instanceType.architecture === ec2.InstanceArchitecture.ARM_64
    const container = new DockerImageAsset(this, 'Image', {
      directory: image.directory,
      file: image.file,
      platform: isArm ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
    })
    container.repository.grantPull(role)
    const log = new LogGroup(this, 'Log', { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY })
    log.grantWrite(role)
    const secrets = this.#settingsSecret(stage)
    secrets.grantRead(role)
    return new ec2.LaunchTemplate(this, 'Template', {
      instanceType,
      machineImage: ec2.MachineImage.latestAmazonLinux2023({
        cpuType: isArm ? ec2.AmazonLinuxCpuType.ARM_64 : ec2.AmazonLinuxCpuType.X86_64,
      }),
      role,
      securityGroup: network.mediaGroup,
      associatePublicIpAddress: true,
      requireImdsv2: true,
      // The container has the host's network, so it is no further away than the host.
      httpPutResponseHopLimit: 1,
      detailedMonitoring: true,
      ebsOptimized: true,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: ec2.BlockDeviceVolume.ebs(DISK_GB, { volumeType: ec2.EbsDeviceVolumeType.GP3, encrypted: true }),
        },
      ],
      userData: mediaHostUserData({
        port: SIGNALLING_PORT,
        stopSeconds: media.drainMinutes * 60 + STOP_SECONDS,
        host: {
          AWS_DEFAULT_REGION: region,
          STAGE: stage,
          GROUP: groupName,
          LAUNCH_HOOK,
          TERMINATION_HOOK,
          HEARTBEAT_SECONDS: `${HOOK_HEARTBEAT_SECONDS / 3}`,
          ZONE_NAME: network.publicZone.zoneName,
          PUBLIC_ZONE: network.publicZone.hostedZoneId,
          PRIVATE_ZONE: network.privateZone.hostedZoneId,
          CERTIFICATE_SECRET: network.nodesCertificate.secretArn,
          SETTINGS_SECRET: secrets.secretArn,
          LOG_GROUP: log.logGroupName,
          IMAGE: container.imageUri,
        },
        mediaNode: mediaNodeEnvironment(settings, needs),
      }),
    })
  }

  #settingsSecret(stage: string): Secret {
    const secret = new Secret(this, 'Settings', {
      secretName: `jbcalling-${stage}/media-node-settings`,
      description: 'Settings of the media node that are secret, by their names, such as DEEPGRAM_API_KEY',
      secretStringValue: SecretValue.unsafePlainText('{}'),
    })
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'These are keys of other services, which rotate them in their own ways.',
    })
    return secret
  }

  /** Part of the group itself, so that they are there before its first instance. */
  #hooks(): void {
    const group = this.group.node.defaultChild
    if (!(group instanceof CfnAutoScalingGroup)) throw new Error('The group is not what it was.')
    group.lifecycleHookSpecificationList = [
      {
        lifecycleHookName: LAUNCH_HOOK,
        lifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        heartbeatTimeout: LAUNCH_SECONDS,
        defaultResult: 'ABANDON',
      },
      {
        lifecycleHookName: TERMINATION_HOOK,
        lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        heartbeatTimeout: HOOK_HEARTBEAT_SECONDS,
        defaultResult: 'CONTINUE',
      },
    ]
  }

  #scale(settings: StageSettings, { refusedRooms }: ControlPlaneStack): void {
    this.group.scaleToTrackMetric('Load', {
      metric: fleetMetric(settings, 'LoadRatio'),
      targetValue: settings.media.targetLoad,
      estimatedInstanceWarmup: WARM_UP,
    })
    this.group.scaleOnMetric('Refused', {
      metric: refusedRooms,
      scalingSteps: REFUSAL_STEPS,
      evaluationPeriods: 1,
      estimatedInstanceWarmup: WARM_UP,
    })
  }
}

function mediaNodeEnvironment(settings: StageSettings, needs: MediaFleetNeeds): Readonly<Record<string, string>> {
  const { data, controlPlane, origins } = needs
  return {
    ...settings.media.settings,
    REGION: settings.region,
    HOST: '0.0.0.0',
    PORT: `${SIGNALLING_PORT}`,
    METRICS_HOST: '127.0.0.1',
    METRICS_PORT: `${METRICS_PORT}`,
    TLS_FOLDER: '/tls',
    TRANSCRIPT_SPOOL_DIR: '/var/lib/jbcalling/spool',
    MEDIA_LISTEN_IP: '0.0.0.0',
    MEDIA_PORT: `${MEDIA_PORTS.first}`,
    REDIS_URL: data.registryUrl,
    AWS_REGION: settings.region,
    ROOMS_TABLE: data.rooms.tableName,
    TRANSCRIPTS_TABLE: data.transcripts.tableName,
    JWKS_URL: `${controlPlane.entrance.url}/.well-known/jwks.json`,
    ALLOWED_ORIGINS: origins.join(','),
    DRAIN_DEADLINE_SECONDS: `${settings.media.drainMinutes * 60}`,
  }
}
