import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdSet } from '../../src/base/id-set.js'
import type { MessageId } from '../../src/base/ids.js'

// Few first words, so that ids contend for places, and among them none at all.
const ids = fc
  .tuple(fc.constantFrom(0, 1, 64, 65, 0xffffffff), fc.nat(300))
  .map(([first, rest]) => {
    const hex = (value: number) => value.toString(16).padStart(8, '0')
    return `${hex(first)}${hex(rest).padStart(24, '0')}${'0'.repeat(32)}` as MessageId
  })

test('a set of ids has what was put, once', () => {
  fc.assert(
    fc.property(fc.array(ids, { maxLength: 400 }), fc.array(ids), (put, others) => {
      const [set, other] = [new IdSet(Math.random), new IdSet(Math.random)]
      const [wanted, wantedOther] = [new Set<MessageId>(), new Set<MessageId>()]
      for (const id of put) {
        expect(set.add(id)).toBe(!wanted.has(id))
        wanted.add(id)
      }
      for (const id of others) {
        other.add(id)
        wantedOther.add(id)
        expect(set.has(id)).toBe(wanted.has(id))
      }
      expect(set.size).toBe(wanted.size)
      expect(set.countOutside(other)).toBe([...wanted].filter(id => !wantedOther.has(id)).length)
    })
  )
})

/** How long it takes to put these, in ms. */
function putting(ids: readonly MessageId[]): number {
  const set = new IdSet(Math.random)
  const began = performance.now()
  for (const id of ids) set.add(id)
  return performance.now() - began
}

test('whoever chooses ids does not choose where they are put', () => {
  const hex = (value: number) => value.toString(16).padStart(8, '0')
  const numbers = Array.from({ length: 20_000 }, (_, n) => n)
  const spread = numbers.map(n => hex((n * 2_654_435_761) >>> 0).repeat(8) as MessageId)
  const alike = [
    // One beginning; one end of every part.
    numbers.map(n => `${'0'.repeat(8)}${hex(n)}${'0'.repeat(48)}` as MessageId),
    numbers.map(n => `${hex(n << 16)}${hex(n * 65_537)}${'0'.repeat(48)}` as MessageId)
  ]
  putting(spread)
  const usual = putting(spread)
  for (const ids of alike) expect(putting(ids)).toBeLessThan(20 * usual)
})
