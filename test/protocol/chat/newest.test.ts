import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MessageId } from '../../../src/base/ids.js'
import { byPlace, Newest, type Place } from '../../../src/protocol/chat/newest.js'
import { idOf } from '../../support/reconcile.js'

const placeAt = (clock: number): Place => ({ id: idOf(clock), clock })

describe('of messages of which the newest counts', () => {
  test('it is the newest of those that are there, whatever the order in which they come and go', () => {
    const step = fc.record({ clock: fc.integer({ min: 1, max: 40 }), goes: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), steps => {
        const newest = new Newest<Place>()
        const here = new Map<string, Place>()
        for (const { clock, goes } of steps) {
          const place = placeAt(clock)
          if (goes) newest.delete(place.id)
          else if (!here.has(place.id)) newest.add(place)
          if (goes) here.delete(place.id)
          else if (!here.has(place.id)) here.set(place.id, place)
          const expected = [...here.values()].sort(byPlace).at(-1)
          expect(newest.newest?.id).toBe(expected?.id)
          expect([...newest.ids()].sort()).toEqual([...here.keys()].sort())
          expect(newest.isEmpty).toBe(here.size === 0)
        }
      })
    )
  })

  test('taking back each that counts looks at a few, and not at all that are there', () => {
    let looked = 0
    const newest = new Newest<Place>()
    const count = 2_000
    for (let n = 1; n <= count; n++) {
      const id = idOf(n)
      newest.add({
        id,
        get clock() {
          looked += 1
          return n
        }
      })
    }
    looked = 0
    for (let n = count; n >= 1; n--) newest.delete(idOf(n))
    expect(newest.isEmpty).toBe(true)
    // At each step of a heap two are compared; all would be 8,000,000.
    expect(looked).toBeLessThan(100 * count)
  })
})

test("the room's order is by clock, and by id at the same time", () => {
  const place = (clock: number, id: string): Place => ({ clock, id: id as MessageId })
  const inOrder = [place(1, 'c'), place(2, 'a'), place(2, 'b'), place(2, 'c'), place(3, 'a')]
  expect([...inOrder].reverse().sort(byPlace)).toEqual(inOrder)
  expect(byPlace(place(2, 'a'), place(2, 'a'))).toBe(0)
})
