import { z } from 'zod'

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is no region, such as eu-central-1')
const domainName = z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'is no domain name')
const origin = z.string().regex(/^https:\/\/[^/]+$/, 'is no origin, such as https://app.example.com')
const whole = (min: number, max: number) => z.int().min(min).max(max)

const page = z.strictObject({
  /** Whether everybody may make and join rooms by their names, as the page does; without it the page cannot join. */
  guests: z.boolean(),
  /** A name of its own with its certificate in us-east-1, where CloudFront looks for it. */
  domain: z
    .strictObject({
      name: domainName,
      certificateArn: z
        .string()
        .regex(/^arn:aws:acm:us-east-1:\d{12}:certificate\/[\w-]+$/, 'is no certificate in us-east-1'),
    })
    .exactOptional(),
})

/** What an operator says of a deployment. */
export const stageSettings = z
  .strictObject({
    /** Part of the names of everything. */
    stage: z.string().regex(/^[a-z][a-z0-9-]{0,15}$/, 'has 1 to 16 lower-case letters, digits and -'),
    account: z.string().regex(/^\d{12}$/, 'is the 12 digits of an AWS account'),
    region,
    /** Named, since nothing is looked up. Two or three; Valkey serverless takes no more. */
    availabilityZones: z.array(z.string()).min(2).max(3),
    /** A domain whose public hosted zone is in this account. Media nodes are in `nodes.` below it, the API is `api.`. */
    domain: z.strictObject({ name: domainName, hostedZoneId: z.string().regex(/^Z[A-Z0-9]+$/, 'is no hosted zone') }),
    /** Told of every alarm. */
    alarmEmails: z.array(z.email()).min(1),
    api: z.strictObject({
      /** `api.<domain>` instead of a name that AWS chose. */
      customDomain: z.boolean(),
      requestsPerSecond: whole(1, 10_000),
      burst: whole(1, 5_000),
      /** Instances of the Lambda that are kept for it, which are also the most; without it the account's limit counts. */
      reservedConcurrency: whole(1, 1_000).exactOptional(),
    }),
    media: z.strictObject({
      instanceType: z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'is no instance type, such as c7i.large'),
      minNodes: whole(1, 500),
      maxNodes: whole(1, 500),
      /** The fleet's mean load that scaling aims at. From 0.8 on a media node takes no more rooms. */
      targetLoad: z.number().min(0.1).max(0.75),
      /** How long the rooms of a media node that is to end have to move elsewhere. */
      drainMinutes: whole(1, 400),
      /** More settings of the media node (README.md), such as STT_ENGINE. Secrets go into Secrets Manager (docs/deployment/aws.md). */
      settings: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string().regex(/^[^\r\n]*$/, 'is one line')),
    }),
    /** Where media nodes announce themselves: scaled by AWS up to a limit, or nodes of one's own, which fail over. */
    valkey: z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('serverless'),
        mostGigabytes: whole(1, 5_000),
        mostEcpuPerSecond: whole(1_000, 15_000_000),
      }),
      z.strictObject({
        kind: z.literal('nodes'),
        nodeType: z.string().regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, 'is no node type, such as cache.t4g.small'),
        nodes: whole(2, 6),
      }),
    ]),
    /** Origins of other pages that may call the API and connect to media nodes. */
    allowedOrigins: z.array(origin),
    page: page.exactOptional(),
  })
  .check(
    // Also where something else is wrong: all problems are told at once.
    z.superRefine<unknown>((given, context) => {
      const problem = (path: readonly string[], message: string) => {
        context.addIssue({ code: 'custom', path: [...path], message })
      }
      const { region, availabilityZones, media, domain, page } = loose.safeParse(given).data ?? {}
      if (region !== undefined && availabilityZones?.some((zone) => !zone.startsWith(region))) {
        problem(['availabilityZones'], `are not all in ${region}`)
      }
      if (new Set(availabilityZones).size < (availabilityZones?.length ?? 0))
        problem(['availabilityZones'], 'are not all different')
      if (page?.domain?.name !== undefined && domain?.name !== undefined && !page.domain.name.endsWith(domain.name)) {
        problem(['page', 'domain', 'name'], `is not in ${domain.name}, whose hosted zone its record goes into`)
      }
      const { minNodes = 0, maxNodes = Number.POSITIVE_INFINITY } = media ?? {}
      if (minNodes > maxNodes) problem(['media', 'maxNodes'], `is less than minNodes, ${minNodes}`)
    }),
  )

/** As much as can be held against one another, whatever else is wrong. */
const some = <S extends z.ZodType>(schema: S) => schema.optional().catch(undefined)
const named = some(z.object({ name: some(z.string()) }))
const loose = z.object({
  stage: some(z.string()),
  region: some(z.string()),
  availabilityZones: some(z.array(z.string())),
  media: some(z.object({ minNodes: some(z.number()), maxNodes: some(z.number()) })),
  domain: named,
  page: some(z.object({ domain: named })),
})

export type StageSettings = z.infer<typeof stageSettings>

/** The DNS zone of the media nodes. */
export function nodesZone({ domain }: StageSettings): string {
  return `nodes.${domain.name}`
}

/**
 * The settings in the file of the stage `name`, which is the name that they have to give it.
 *
 * @throws Error naming everything that is wrong
 */
export function readStageSettings(given: unknown, name: string): StageSettings {
  const parsed = stageSettings.safeParse(given)
  const problems = parsed.error?.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`) ?? []
  const stage = loose.safeParse(given).data?.stage
  if (stage !== undefined && stage !== name) problems.push(`  stage: is not "${name}", as its file is called`)
  if (parsed.success && problems.length === 0) return parsed.data
  throw new Error(`These settings of the stage are missing or wrong:\n${problems.join('\n')}`)
}
