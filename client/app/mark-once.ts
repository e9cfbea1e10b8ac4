export type Mark = 'jbc:join-click' | 'jbc:welcome' | 'jbc:first-remote-frame'

/** Marks a moment of joining for the performance timeline; of a moment that comes again, the first counts. */
export function markOnce(mark: Mark): void {
  if (performance.getEntriesByName(mark).length === 0) performance.mark(mark)
}

/** Begins a new join: its moments count from here. */
export function markJoinClick(): void {
  performance.clearMarks('jbc:welcome')
  performance.clearMarks('jbc:first-remote-frame')
  performance.clearMarks('jbc:join-click')
  performance.mark('jbc:join-click')
}
