import type { TestContext } from 'node:test'
import fc from 'fast-check'

type Property<Ts> = fc.IProperty<Ts> | fc.IAsyncProperty<Ts>

/**
 * Tries a property on random cases. The seed is printed; `PROPERTY_SEED` gives it again, and `PROPERTY_PATH` the path that
 * is printed with a counterexample, which has been made as small as it still fails.
 */
export async function checkProperty<Ts>(t: TestContext, cases: number, property: Property<Ts>): Promise<void> {
  const { PROPERTY_SEED, PROPERTY_PATH } = process.env
  const seed = PROPERTY_SEED === undefined ? Math.trunc(Math.random() * 2 ** 31) : Number(PROPERTY_SEED)
  t.diagnostic(`PROPERTY_SEED=${seed}`)
  await fc.assert(property, {
    seed,
    numRuns: cases,
    ...(PROPERTY_PATH !== undefined && { path: PROPERTY_PATH }),
  })
}
