/** What `npm test` checks, in this order. */
export const STEPS = /** @type {const} */ (['format', 'types', 'architecture', 'unit', 'integration', 'browser'])

export const CHECK_HELP = `npm test [-- words]

Installs what the tests need and checks everything: ${STEPS.join(', ')}.

Words that name a step pick the steps to run; any other word picks the test files whose path contains it:
  npm test -- types unit            only these two steps
  npm test -- integration registry  the integration tests with "registry" in their path`
