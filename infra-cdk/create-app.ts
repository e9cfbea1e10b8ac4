import { App, Tags, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import type { Bundles } from './bundles.ts'
import { ControlPlaneStack } from './control-plane-stack.ts'
import { DataStack } from './data-stack.ts'
import { MediaFleetStack } from './media-fleet-stack.ts'
import type { MediaImage } from './media-image.ts'
import { NetworkStack } from './network-stack.ts'
import { ObservabilityStack } from './observability-stack.ts'
import { PageStack } from './page-stack.ts'
import type { StageSettings } from './stage-settings.ts'

export type AppParts = {
  readonly settings: StageSettings
  readonly bundles: Bundles
  readonly image: MediaImage
  /** Folder of the built page. */
  readonly pageFolder: string
  /** Where the templates and the assets go. */
  readonly outdir: string
}

/** All stacks of a stage, in the order in which they stand on one another, under the eye of cdk-nag. */
export function createApp({ settings, bundles, image, pageFolder, outdir }: AppParts): App {
  const app = new App({ outdir, analyticsReporting: false })
  const { account, region, stage } = settings
  const props = (description: string) => ({ env: { account, region }, description: `JBCalling: ${description}` })
  const id = (name: string) => `JBCalling-${stage}-${name}`

  const network = new NetworkStack(app, id('Network'), settings, props('network, names and certificate'))
  const data = new DataStack(app, id('Data'), settings, network, props('tables and node registry'))
  const controlNeeds = { network, data, bundles }
  const controlPlane = new ControlPlaneStack(app, id('ControlPlane'), settings, controlNeeds, props('control plane'))
  const page =
    settings.page &&
    new PageStack(
      app,
      id('Page'),
      settings,
      settings.page,
      { entrance: controlPlane.entrance, pageKey: controlPlane.pageKey, folder: pageFolder },
      props('page'),
    )
  const origins = [...(page ? [page.origin] : []), ...settings.allowedOrigins]
  const fleetNeeds = { network, data, controlPlane, image, origins }
  new MediaFleetStack(app, id('MediaFleet'), settings, fleetNeeds, props('media nodes'))
  new ObservabilityStack(app, id('Observability'), settings, { controlPlane, data }, props('dashboard and alarms'))

  Tags.of(app).add('jbcalling:stage', stage)
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  return app
}
