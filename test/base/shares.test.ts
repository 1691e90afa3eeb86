import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Entry, Shares } from '../../src/base/shares.js'

interface Owned extends Entry {
  readonly owner: string
}

const name = ({ id }: Owned) => id
const byAge = (a: Owned, b: Owned) => a.clock - b.clock || (a.id < b.id ? -1 : 1)

/** What is left of these when all but `max` went, in the order in which they are added. */
function keep(all: readonly Owned[], max: number): Owned[] {
  const shares = new Shares<string>()
  const kept = new Map<string, Owned>()
  for (const each of all) {
    shares.add(each.owner, each)
    kept.set(each.id, each)
    if (shares.size > max) kept.delete(shares.takeFirst()?.id ?? '')
  }
  expect(shares.size).toBe(kept.size)
  return [...kept.values()]
}

/** The rule as it is stated: while there are too many, the oldest of whoever has most, over and over. */
function byTheRule(all: readonly Owned[], max: number): string[] {
  const left = [...all].sort(byAge)
  while (left.length > max) {
    const counts = new Map<string, number>()
    for (const { owner } of left) counts.set(owner, (counts.get(owner) ?? 0) + 1)
    const most = Math.max(...counts.values())
    const first = left.findIndex(({ owner }) => counts.get(owner) === most)
    left.splice(first, 1)
  }
  return left.map(name).sort()
}

const entries = fc
  .uniqueArray(fc.tuple(fc.nat(6), fc.nat(12), fc.nat(99_999)), {
    selector: ([, , n]) => n,
    maxLength: 60
  })
  .map(tuples =>
    tuples.map(([owner, clock, n]) => ({ owner: `o${owner % (1 + (n % 7))}`, clock, id: `i${n}` }))
  )
const caps = fc.integer({ min: 0, max: 40 })
const sorted = (all: readonly Owned[]) => all.map(name).sort()

describe('what is left', () => {
  test('is what the rule says', () => {
    fc.assert(
      fc.property(entries, caps, (all, max) => {
        expect(sorted(keep(all, max))).toEqual(byTheRule(all, max))
      }),
      { numRuns: 500 }
    )
  })

  test('is a function of the set: f(f(A) + B) = f(A + B), in any order', () => {
    const orders = fc.array(fc.nat(), { minLength: 60, maxLength: 60 })
    fc.assert(
      fc.property(entries, caps, fc.nat(60), orders, (all, max, cut, order) => {
        const shuffled = all
          .map((each, at) => ({ each, key: order[at] ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ each }) => each)
        const whole = sorted(keep(all, max))
        const [a, b] = [shuffled.slice(0, cut), shuffled.slice(cut)]
        expect(sorted(keep(shuffled, max))).toEqual(whole)
        expect(sorted(keep([...keep(a, max), ...b], max))).toEqual(whole)
        expect(sorted(keep([...keep(a, max), ...keep(b, max)], max))).toEqual(whole)
        // What has come already comes again: members tell each other over and over.
        expect(sorted(keep(keep(all, max).toReversed(), max))).toEqual(whole)
      }),
      { numRuns: 1_000 }
    )
  })

  test('is the same where owners are in two places, and move from one to the other', () => {
    fc.assert(
      fc.property(entries, caps, (all, max) => {
        const [here, there] = [new Shares<string>(), new Shares<string>()]
        const kept = new Set<string>()
        for (const { clock, id, owner } of all) {
          const [one, other] = owner > 'o2' ? [here, there] : [there, here]
          other.add(owner, { clock, id })
          other.moveTo(one, owner)
          one.moveTo(other, owner)
          kept.add(id)
          if (here.size + there.size <= max) continue
          const first = here.goesBefore(there) ? here : there
          kept.delete(first.takeFirst()?.id ?? '')
        }
        expect([...kept].sort()).toEqual(byTheRule(all, max))
      })
    )
  })
})

test('an entry that counts as several is as if there were so many, which go one at a time', () => {
  fc.assert(
    fc.property(
      entries,
      caps,
      fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
      (all, max, counts) => {
        const [whole, single] = [new Shares<string>(), new Shares<string>()]
        const order = { whole: [] as (string | undefined)[], single: [] as (string | undefined)[] }
        for (const { clock, id, owner } of all) {
          const left = counts.next().value
          whole.add(owner, { clock, id, left })
          for (let n = 0; n < left; n++) single.add(owner, { clock, id: `${id} ${n}` })
          expect(whole.countOf(owner)).toBe(single.countOf(owner))
          while (whole.size > max) order.whole.push(whole.takeFirst()?.id)
          while (single.size > max) order.single.push(single.takeFirst()?.id.split(' ')[0])
        }
        expect(order.whole).toEqual(order.single)
        expect(whole.size).toBe(single.size)
      }
    )
  )
})

test('entries of before a time go, and what goes first is right afterwards', () => {
  fc.assert(
    fc.property(entries, fc.nat(12), (all, clock) => {
      const shares = new Shares<string>()
      for (const each of all) shares.add(each.owner, each)
      const taken = new Set(shares.takeBefore(clock).map(({ id }) => id))
      expect(taken).toEqual(new Set(all.filter(each => each.clock < clock).map(name)))
      const left = all.filter(({ id }) => !taken.has(id))
      const order: string[] = []
      while (shares.size > 0) order.push(shares.takeFirst()?.id ?? '')
      expect(order).toHaveLength(left.length)
      expect(order.slice(0, 1)).toEqual(
        left
          .map(name)
          .filter(id => left.length > 0 && !byTheRule(left, left.length - 1).includes(id))
      )
    })
  )
})

test('an owner has what it has', () => {
  const shares = new Shares<string>()
  for (let n = 0; n < 3; n++) shares.add('ann', { clock: n, id: `${n}` })
  expect([shares.countOf('ann'), shares.countOf('bob')]).toEqual([3, 0])
  shares.takeFirst()
  expect(shares.countOf('ann')).toBe(2)
})

test('many owners and entries cost little each', () => {
  const shares = new Shares<string>()
  let taken = 0
  for (let n = 0; n < 200_000; n++) {
    shares.add(`o${n % 5_000}`, { clock: (n * 7_919) % 100_003, id: `${n}` })
    if (shares.size > 8_000) taken += shares.takeFirst() === undefined ? 0 : 1
  }
  expect(taken).toBe(192_000)
})
