import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ID_BYTES, type IdentityKey, idFromBytes, type MessageId } from '../../../src/base/ids.js'
import { Had } from '../../../src/protocol/history/had.js'

const numbered = <T extends MessageId | IdentityKey>(n: number) => {
  const bytes = new Uint8Array(ID_BYTES)
  new DataView(bytes.buffer).setUint32(n % 8, n)
  return idFromBytes<T>(bytes)
}
const idOf = (n: number) => numbered<MessageId>(n)
const authorOf = (n: number) => numbered<IdentityKey>(n)

const step = fc.record({
  n: fc.nat(300),
  author: fc.nat(3),
  clock: fc.nat(50),
  isDrop: fc.nat(40).map(n => n === 0)
})

describe('what was had', () => {
  test('is what a map says as long as there is room, whatever is too old meanwhile', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 800 }), steps => {
        const [had, model] = [new Had(1_000), new Map<MessageId, number>()]
        for (const { author, clock, isDrop, n } of steps) {
          if (isDrop) {
            had.dropBefore(clock)
            for (const [id, dated] of model) if (dated < clock) model.delete(id)
          } else {
            had.add({ id: idOf(n), author: authorOf(author), clock })
            if (!model.has(idOf(n))) model.set(idOf(n), clock)
          }
        }
        expect(had.size).toBe(model.size)
        for (let n = 0; n <= 300; n++) expect(had.has(idOf(n))).toBe(model.has(idOf(n)))
      }),
      { numRuns: 100 }
    )
  })

  test('of too many the oldest of whoever has most is forgotten, and nobody else’s', () => {
    const had = new Had(100)
    for (let n = 0; n < 20; n++) had.add({ id: idOf(n), author: authorOf(1), clock: n })
    for (let n = 20; n < 500; n++) had.add({ id: idOf(n), author: authorOf(2), clock: n })
    expect(had.size).toBe(100)
    const left = [...Array(500).keys()].filter(n => had.has(idOf(n)))
    expect(left).toEqual([...Array(20).keys(), ...[...Array(80).keys()].map(n => 420 + n)])
  })

  test('is remembered whoever else’s are forgotten meanwhile', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 200, maxLength: 800 }), steps => {
        const had = new Had(64)
        for (const { author, clock, isDrop, n } of steps) {
          if (isDrop) had.dropBefore(clock)
          else had.add({ id: idOf(n), author: authorOf(author), clock })
          expect(had.size).toBeLessThanOrEqual(64)
          if (!isDrop) expect(had.has(idOf(n))).toBe(true)
        }
        had.dropBefore(Number.POSITIVE_INFINITY)
        expect(had.size).toBe(0)
      }),
      { numRuns: 50 }
    )
  })
})
