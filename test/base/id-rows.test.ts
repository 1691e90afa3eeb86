import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { IdRows } from '../../src/base/id-rows.js'
import { ID_BYTES, type Id, idFromBytes } from '../../src/base/ids.js'

const COUNT = 30_000

// Of each word the three upper bits: whatever odd factors the words have, a sum of them modulo 2^32 has one of eight values.
const chosen = Array.from({ length: COUNT }, (_, n) => {
  const bytes = new Uint8Array(ID_BYTES)
  for (let word = 0; word < 8; word++) bytes[4 * word + 3] = (Math.floor(n / 8 ** word) & 7) << 5
  return idFromBytes<Id>(bytes)
})
const random = Array.from({ length: COUNT }, () => idFromBytes<Id>(randomBytes(ID_BYTES)))

/** The least of three runs, ms. */
function cost(ids: readonly Id[]): number {
  const runs = [1, 2, 3].map(() => {
    const rows = new IdRows(randomBytes(ID_BYTES))
    const start = performance.now()
    for (const id of ids) rows.put(id)
    return performance.now() - start
  })
  return Math.min(...runs)
}

test('ids that somebody has chosen contend for one place no more than others do', () => {
  expect(cost(chosen)).toBeLessThan(4 * cost(random))
})
