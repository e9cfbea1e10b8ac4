/** Pictures are cropped to the tile's shape, which lies between these: upright on an upright screen, never on a wide one. */
const MIN_ASPECT = { upright: 3 / 4, wide: 4 / 3 }
const MAX_ASPECT = 16 / 9

export type Grid = { readonly columns: number; readonly tileWidth: number; readonly tileHeight: number }

/** The arrangement of `count` equal tiles in an area, in pixels, that makes the tiles largest. */
export function gridLayout(count: number, area: { width: number; height: number; gap: number }): Grid {
  const candidates = Array.from({ length: Math.max(1, count) }, (_, index) => gridOf(index + 1, count, area))
  return candidates.reduce((best, grid) => (surface(grid) > surface(best) ? grid : best))
}

function gridOf(columns: number, count: number, area: { width: number; height: number; gap: number }): Grid {
  const rows = Math.max(1, Math.ceil(count / columns))
  const width = Math.max(0, (area.width - area.gap * (columns - 1)) / columns)
  const height = Math.max(0, (area.height - area.gap * (rows - 1)) / rows)
  const minAspect = area.width > area.height ? MIN_ASPECT.wide : MIN_ASPECT.upright
  return {
    columns,
    tileWidth: Math.floor(Math.min(width, height * MAX_ASPECT)),
    tileHeight: Math.floor(Math.min(height, width / minAspect)),
  }
}

function surface({ tileWidth, tileHeight }: Grid): number {
  return tileWidth * tileHeight
}
