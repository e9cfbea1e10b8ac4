import { type Candidate, chooseMediaNode, isBefore } from '../../../control-plane/choose-media-node.ts'

/** `place` belongs to the index that holds it. */
export type Indexed = Candidate & { place: number }

export const NOWHERE = -1

/**
 * The media nodes that take rooms, one heap for each region with the least effective load first. `chooseMediaNode` decides
 * among the first of each region, which gives what it gives for the whole fleet, at a cost that does not grow with it.
 */
export class LoadIndex<N extends Indexed> {
  readonly #heaps = new Map<string, N[]>()

  /** Adds a media node, or takes over that its load is another. */
  put(node: N): void {
    const heap = this.#heapOf(node.region)
    if (node.place === NOWHERE) {
      node.place = heap.length
      heap.push(node)
    }
    sink(heap, rise(heap, node.place))
  }

  remove(node: N): void {
    if (node.place === NOWHERE) return
    const heap = this.#heapOf(node.region)
    const last = heap.pop()
    const { place } = node
    node.place = NOWHERE
    if (last === undefined || last === node) return
    last.place = place
    heap[place] = last
    sink(heap, rise(heap, place))
  }

  choose(region: string, limit: number): N | undefined {
    const candidates: N[] = []
    for (const heap of this.#heaps.values()) if (heap[0] !== undefined) candidates.push(heap[0])
    return chooseMediaNode({ candidates, region, limit }).node
  }

  #heapOf(region: string): N[] {
    const known = this.#heaps.get(region)
    if (known) return known
    const heap: N[] = []
    this.#heaps.set(region, heap)
    return heap
  }
}

function swap<N extends Indexed>(heap: N[], place: number, other: number): boolean {
  const [one, two] = [heap[place], heap[other]]
  if (one === undefined || two === undefined) return false
  heap[place] = two
  heap[other] = one
  one.place = other
  two.place = place
  return true
}

/** Where it is then. */
function rise<N extends Indexed>(heap: N[], from: number): number {
  let place = from
  while (place > 0) {
    const above = (place - 1) >> 1
    const [node, parent] = [heap[place], heap[above]]
    if (node === undefined || parent === undefined || !isBefore(node, parent)) break
    swap(heap, place, above)
    place = above
  }
  return place
}

function sink<N extends Indexed>(heap: N[], from: number): void {
  for (let place = from; ; ) {
    const below = firstOf(heap, 2 * place + 1, 2 * place + 2)
    const [node, child] = [heap[place], heap[below]]
    if (node === undefined || child === undefined || !isBefore(child, node)) return
    swap(heap, place, below)
    place = below
  }
}

function firstOf(heap: readonly Indexed[], one: number, other: number): number {
  const [left, right] = [heap[one], heap[other]]
  return left !== undefined && right !== undefined && isBefore(right, left) ? other : one
}
