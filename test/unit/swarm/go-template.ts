const IF = /\{\{ ?if (not \()?env "(\w+)"\)? ?\}\}(.*?)(?:\{\{ ?else ?\}\}(.*?))?\{\{ ?end ?\}\}/gs

/** What Go makes of a template, as far as infra-swarm's go: `if env`, `else`, `env` and `secret`, none inside another. */
export function renderTemplate(
  template: string,
  environment: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = {},
): string {
  const rendered = template
    .replaceAll(/\s*\{\{-/g, '{{')
    .replaceAll(/-\}\}\s*/g, '}}')
    .replaceAll(IF, (_, not: string | undefined, name: string, then: string, otherwise = '') =>
      Boolean(environment[name]) === (not === undefined) ? then : otherwise,
    )
    .replaceAll(/\{\{ ?env "(\w+)" ?\}\}/g, (_, name: string) => environment[name] ?? '')
    .replaceAll(/\{\{ ?secret "([\w-]+)" ?\}\}/g, (_, name: string) => secrets[name] ?? `the secret ${name}`)
  if (rendered.includes('{{')) throw new Error(`this is not rendered: ${rendered}`)
  return rendered
}
