import { CallError } from '../../shared/protocol/error-code.ts'

/** What whoever runs the service finds the trouble by. */
export function ErrorReference({ error }: { error: unknown }) {
  if (!(error instanceof CallError) || error.traceId === undefined) return null
  return (
    <p className="error-reference">
      If you report this, add: <code>{error.traceId}</code>
    </p>
  )
}
