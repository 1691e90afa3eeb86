import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Chain, type Chained } from '../../src/base/chain.js'

class Item implements Chained<Item> {
  before: Item | undefined
  after: Item | undefined
}

test('a chain has what a set has, in the same order', () => {
  const step = fc.oneof(fc.constant('push' as const), fc.nat())
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const [chain, set] = [new Chain<Item>(), new Set<Item>()]
      for (const each of steps) {
        if (each === 'push') {
          const item = new Item()
          chain.push(item)
          set.add(item)
        } else {
          const item = [...set][each % Math.max(1, set.size)]
          if (item === undefined) continue
          chain.delete(item)
          set.delete(item)
          expect([item.before, item.after]).toEqual([undefined, undefined])
        }
        const [first] = set
        expect(chain.first).toBe(first)
        const left = [...chain]
        expect(left.length).toBe(set.size)
        expect(left.every((item, at) => item === [...set][at])).toBe(true)
      }
    })
  )
})
