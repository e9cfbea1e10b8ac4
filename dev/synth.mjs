import { requireNode } from './bootstrap/node-version.mjs'

requireNode()
const { join } = await import('node:path')
const { spawnSync } = await import('node:child_process')
const { node24 } = await import('./bootstrap/node-24.mjs')
const { npmPackages } = await import('./bootstrap/npm-packages.mjs')
const { ROOT } = await import('./bootstrap/paths.mjs')
const { withProgress } = await import('./bootstrap/progress.mjs')
const { SetupError } = await import('./bootstrap/setup-error.mjs')

const HELP = `npm run synth [-- --stage example --out .data/cdk.out]

Makes the CloudFormation templates and assets of a stage, infra-cdk/stages/<stage>.json, and has cdk-nag check them. It
needs no AWS account, no credentials and no network. What it makes is deployed as docs/deployment/aws.md says:
  npx cdk deploy --app .data/cdk.out --all`

const args = process.argv.slice(2)
if (args.includes('--help') || args.includes('-h')) {
  console.log(HELP)
} else {
  try {
    if (!npmPackages.isDone()) await withProgress(npmPackages.title, npmPackages.run)
    const { status } = spawnSync(node24(), [join(ROOT, 'dev/synth.ts'), ...args], { cwd: ROOT, stdio: 'inherit' })
    process.exitCode = status ?? 1
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    error.print()
    process.exitCode = 1
  }
}
