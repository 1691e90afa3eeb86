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
      const [set, other] = [new IdSet(), new IdSet()]
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
