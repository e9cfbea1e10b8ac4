import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gridLayout, MIN_TILE_WIDTH_PX, placesIn } from '../../../client/app/grid-layout.ts'

const GAP = 12
const desktop = { width: 1_400, height: 800, gap: GAP }
const phone = { width: 360, height: 560, gap: GAP }

for (const [name, area] of Object.entries({ desktop, phone })) {
  for (const count of [1, 2, 3, 4, 5, 9, 16, 50]) {
    test(`${count} tiles fit on a ${name}, whole`, () => {
      const { columns, tileWidth, tileHeight } = gridLayout(count, area)
      const rows = Math.ceil(count / columns)
      assert.ok(columns * tileWidth + (columns - 1) * GAP <= area.width)
      assert.ok(rows * tileHeight + (rows - 1) * GAP <= area.height)
      assert.ok(tileWidth > 0 && tileHeight > 0)
    })
  }
}

test('two stand side by side on a wide screen and one above the other on an upright one', () => {
  assert.equal(gridLayout(2, desktop).columns, 2)
  assert.equal(gridLayout(2, phone).columns, 1)
})

test('an area that is not measured yet has tiles of no size', () => {
  assert.deepEqual(gridLayout(3, { width: 0, height: 0, gap: GAP }), { columns: 1, tileWidth: 0, tileHeight: 0 })
})

/** Sizes of a stage from a phone to a wall, upright and wide, each with room for four readable tiles. */
const areas = Array.from({ length: 4_000 }, (_, index) => ({
  width: 380 + ((index * 7_919) % 3_600),
  height: 220 + ((index * 104_729) % 2_000),
  gap: GAP,
}))

test('[W370] an area that is full of tiles has them readable, and whole, whatever its size', () => {
  for (const area of areas) {
    const minWidth = MIN_TILE_WIDTH_PX[area.width > area.height ? 'wide' : 'upright']
    const { tileWidth, columns, tileHeight } = gridLayout(placesIn(area), area)
    assert.ok(tileWidth >= minWidth, `${tileWidth} px in ${area.width} × ${area.height}`)
    assert.ok(columns * (tileWidth + GAP) - GAP <= area.width)
    assert.ok(Math.ceil(placesIn(area) / columns) * (tileHeight + GAP) - GAP <= area.height)
  }
})

test('[W371] an area too small for three readable tiles has three all the same', () => {
  assert.equal(placesIn({ width: 100, height: 60, gap: GAP }), 3)
  assert.equal(placesIn({ width: 0, height: 0, gap: GAP }), 3)
})
