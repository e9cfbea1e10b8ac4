import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2'
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3'
import { z } from 'zod'

// The CDK's classes do not fit its interfaces where `exactOptionalPropertyTypes` is on: some say `string | undefined` where
// the interface says `string` or nothing. These are the same objects under the interface's type.
const anyVpc = z.custom<IVpc>((value) => value instanceof Vpc)
const anyBucket = z.custom<IBucket>((value) => value instanceof Bucket)

export function asVpc(vpc: Vpc): IVpc {
  return anyVpc.parse(vpc)
}

export function asBucket(bucket: Bucket): IBucket {
  return anyBucket.parse(bucket)
}
