import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IdNumbers } from '../../src/base/id-numbers.js'
import { ID_BYTES, idFromBytes, type MessageId } from '../../src/base/ids.js'

const SEED = Uint8Array.from({ length: ID_BYTES }, (_, at) => 37 * at + 11)

/** Few ids, most of which differ in one byte. */
const idOf = (name: number) => {
  const bytes = new Uint8Array(ID_BYTES)
  bytes[name % 7] = name
  bytes[31] = name >> 8
  return idFromBytes<MessageId>(bytes)
}

const step = fc.record({ name: fc.nat(500), isDeleted: fc.boolean(), value: fc.nat(0xffffffff) })

describe('numbers of ids', () => {
  test('are what a map says, whatever is added and deleted', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), steps => {
        const [numbers, map] = [new IdNumbers(SEED), new Map<MessageId, number>()]
        for (const { isDeleted, name, value } of steps) {
          const id = idOf(name)
          if (isDeleted) expect(numbers.delete(id)).toBe(map.delete(id))
          else {
            numbers.set(id, value)
            map.set(id, value)
          }
        }
        expect(numbers.setAt(new Uint32Array(8).fill(7), 0, 3)).toBeUndefined()
        expect(numbers.setAt(new Uint32Array(8).fill(7), 0, 4)).toBe(3)
        numbers.deleteAt(new Uint32Array(8).fill(7), 0)
        const twice = numbers.mapped(value => value % 7)
        for (const [id, value] of map) expect(twice.get(id)).toBe(value % 7)
        twice.set(idOf(501), 1)
        expect(numbers.size).toBe(map.size)
        for (let name = 0; name <= 500; name++)
          expect(numbers.get(idOf(name))).toBe(map.get(idOf(name)))
      }),
      { numRuns: 50 }
    )
  })

  test('have room for more than was reserved', () => {
    const numbers = new IdNumbers(SEED)
    numbers.reserve(100)
    for (let name = 0; name < 300; name++) numbers.set(idOf(name), name)
    const last = [...Array(300).keys()].filter(name => numbers.get(idOf(name)) === undefined)
    expect(last).toEqual([])
  })
})
