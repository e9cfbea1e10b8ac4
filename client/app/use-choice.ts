import { useState } from 'react'

/** A value and the way to choose another: a choice shows at once, and gives way to `value` when `onChoose` settles. */
export function useChoice<T>(
  value: T,
  onChoose: (value: T) => Promise<void> | void,
): [T, (chosen: T) => Promise<void>] {
  const [pending, setPending] = useState<{ readonly chosen: T } | null>(null)

  async function choose(chosen: T): Promise<void> {
    setPending({ chosen })
    try {
      await onChoose(chosen)
    } finally {
      setPending(null)
    }
  }

  return [pending ? pending.chosen : value, choose]
}
