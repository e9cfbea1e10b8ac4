import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gridLayout } from '../../../client/app/grid-layout.ts'

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
