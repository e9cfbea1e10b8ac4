import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** Says why these policies, which AWS keeps, are good enough for a role at or below this place. */
export function acknowledgeManagedPolicies(place: IConstruct, reason: string, ...policies: readonly string[]): void {
  const ids = policies.map((policy) => `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`)
  Validations.of(place).acknowledge(...ids.map((id) => ({ id, reason })))
}

/** Says why these wildcards, `Action::…` or `Resource::…`, are good enough for a role at or below this place. */
export function acknowledgeWildcards(place: IConstruct, reason: string, ...wildcards: readonly string[]): void {
  const ids = wildcards.map((wildcard) => `AwsSolutions-IAM5[${wildcard}]`)
  Validations.of(place).acknowledge(...ids.map((id) => ({ id, reason })))
}
