import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IdentityKey } from '../../../src/base/ids.js'
import { safetyNumber } from '../../../src/protocol/access/safety-number.js'

const key = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map(bytes => Buffer.from(bytes).toString('hex') as IdentityKey)

test('a safety number is the same from either side, and another one for other people', () => {
  fc.assert(
    fc.property(key, key, key, (a, b, c) => {
      fc.pre(new Set([a, b, c]).size === 3)
      const number = safetyNumber(a, b)
      expect(safetyNumber(b, a)).toEqual(number)
      expect(number).toHaveLength(12)
      for (const group of number) expect(group).toMatch(/^\d{5}$/)
      expect(safetyNumber(a, c)).not.toEqual(number)
      expect(safetyNumber(c, b)).not.toEqual(number)
    }),
    { numRuns: 5 }
  )
})
