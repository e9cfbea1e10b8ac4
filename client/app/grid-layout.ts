/** Pictures are cropped to the tile's shape, which lies between these: upright on an upright screen, never on a wide one. */
const MIN_ASPECT = { upright: 3 / 4, wide: 4 / 3 }
const MAX_ASPECT = 16 / 9

/** The narrowest tile in which a face and a name are readable: two beside each other on a phone. */
export const MIN_TILE_WIDTH_PX = { upright: 140, wide: 180 }

/** Enough for one other, this participant and the number of others, even where they are too small to read. */
const MIN_PLACES = 3

type Area = { readonly width: number; readonly height: number; readonly gap: number }

export type Grid = { readonly columns: number; readonly tileWidth: number; readonly tileHeight: number }

/** The number of readable tiles that fill an area, in pixels, from side to side; at least three. */
export function placesIn(area: Area): number {
  const columns = Math.max(1, Math.floor((area.width + area.gap) / (MIN_TILE_WIDTH_PX[shapeOf(area)] + area.gap)))
  const tileWidth = (area.width + area.gap) / columns - area.gap
  const rows = Math.floor((area.height + area.gap) / (tileWidth / MAX_ASPECT + area.gap))
  return Math.max(MIN_PLACES, columns * rows)
}

/** The arrangement of `count` equal tiles in an area, in pixels, that makes the tiles largest, and readable if any does. */
export function gridLayout(count: number, area: Area): Grid {
  const candidates = Array.from({ length: Math.max(1, count) }, (_, index) => gridOf(index + 1, count, area))
  const readable = candidates.filter(({ tileWidth }) => tileWidth >= MIN_TILE_WIDTH_PX[shapeOf(area)])
  const eligible = readable.length > 0 ? readable : candidates
  return eligible.reduce((best, grid) => (surface(grid) > surface(best) ? grid : best))
}

function gridOf(columns: number, count: number, area: Area): Grid {
  const rows = Math.max(1, Math.ceil(count / columns))
  const width = Math.max(0, (area.width - area.gap * (columns - 1)) / columns)
  const height = Math.max(0, (area.height - area.gap * (rows - 1)) / rows)
  const minAspect = MIN_ASPECT[shapeOf(area)]
  return {
    columns,
    tileWidth: Math.floor(Math.min(width, height * MAX_ASPECT)),
    tileHeight: Math.floor(Math.min(height, width / minAspect)),
  }
}

function shapeOf({ width, height }: Area): 'upright' | 'wide' {
  return width > height ? 'wide' : 'upright'
}

function surface({ tileWidth, tileHeight }: Grid): number {
  return tileWidth * tileHeight
}
