/** Rooms that are elsewhere than before, but for those that may be. */
export function movedRooms(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  mayMove: ReadonlySet<string>,
): readonly string[] {
  return [...before]
    .filter(([roomId, nodeId]) => !mayMove.has(roomId) && after.has(roomId) && after.get(roomId) !== nodeId)
    .map(([roomId, nodeId]) => `${roomId} moved from ${nodeId} to ${after.get(roomId)} without need`)
}
