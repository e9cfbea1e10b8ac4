import { join } from 'node:path'
import { bundleLambda } from './bundle-lambda.ts'

const CONTROL_PLANE = join(import.meta.dirname, '../control-plane')

/** Folders of the Lambdas' bundles. */
export type Bundles = { readonly controlPlane: string; readonly rotation: string; readonly fleetMetrics: string }

export async function bundleLambdas(): Promise<Bundles> {
  const bundle = (entry: string) => bundleLambda(join(CONTROL_PLANE, entry))
  const [controlPlane, rotation, fleetMetrics] = await Promise.all([
    bundle('lambda.ts'),
    bundle('rotation-lambda.ts'),
    bundle('fleet-metrics-lambda.ts'),
  ])
  return { controlPlane, rotation, fleetMetrics }
}
