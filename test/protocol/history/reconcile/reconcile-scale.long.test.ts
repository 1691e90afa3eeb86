import { beforeAll, describe, expect, it } from 'vitest'
import { type Item, ItemSet } from '../../../../src/protocol/history/reconcile/reconcile.js'
import { difference, exchange, idOf, sorted } from '../../../support/reconcile.js'

const COUNT = 100_000
const WEEK = 7 * 86_400_000
const START = 1_700_000_000_000

// Ids are random, so this spreads timestamps evenly and the same way in every run.
const timestampOf = (id: string) =>
  START + Math.floor((Number.parseInt(id.slice(0, 12), 16) / 2 ** 48) * WEEK)

// MEASURE=1 prints the figures.
const report = (line: string) => process.env.MEASURE && console.log(line)

let items: Item[]
beforeAll(() => {
  items = Array.from({ length: COUNT + 100 }, (_, i) => {
    const id = idOf(i)
    return { timestamp: timestampOf(id), id }
  })
})

const cases = [
  { name: 'the initiator lacks 100', ours: [100, 0], theirs: [0, 0] },
  { name: 'the responder lacks 100', ours: [0, 0], theirs: [100, 0] },
  { name: 'each lacks 50', ours: [50, 0], theirs: [0, 50] }
] as const

/** Items without the first and the last so many. */
const without = ([first, last]: readonly [number, number]) =>
  items.slice(first, items.length - last)

describe('two sets of 100,000 items that differ in 100', () => {
  it.each(cases)('$name: at most 6 round trips and 200 KB', ({ name, ours, theirs }) => {
    const [a, b] = [without(ours), without(theirs)]
    const [ourSet, theirSet] = [ItemSet.from(a), ItemSet.from(b)]
    const before = performance.now()
    const result = exchange(ourSet, theirSet)
    const took = performance.now() - before
    report(
      `${name}: ${result.roundTrips} round trips, ${result.bytes} bytes, ${took.toFixed(0)} ms`
    )
    expect(sorted(result.have)).toEqual(sorted(difference(a, b)))
    expect(sorted(result.need)).toEqual(sorted(difference(b, a)))
    expect(result.have.length + result.need.length).toBe(100)
    expect(result.roundTrips).toBeLessThanOrEqual(6)
    expect(result.bytes).toBeLessThan(200_000)
  })

  it('takes one round trip and 1 KB where nothing differs', () => {
    const result = exchange(ItemSet.from(items), ItemSet.from(items))
    expect(result.roundTrips).toBe(1)
    expect(result.bytes).toBeLessThan(1024)
  })

  it('takes a small part of the bytes where the difference is the last hour', () => {
    const byTime = ItemSet.from(items)
    const late = ItemSet.from(items.filter(item => item.timestamp < START + WEEK - 3_600_000))
    const result = exchange(late, byTime)
    expect(result.need.length).toBe(byTime.size - late.size)
    expect(result.bytes).toBeLessThan(64 * result.need.length)
  })

  it('gives an empty newcomer everything', () => {
    const result = exchange(new ItemSet(), ItemSet.from(items))
    report(`newcomer: ${result.roundTrips} round trips, ${result.bytes} bytes`)
    expect(result.need.length).toBe(items.length)
    expect(result.bytes).toBeLessThan(34 * items.length)
  })
})

describe('a set that changes', () => {
  it('takes 100,000 items in any order, looked at now and then', () => {
    const before = performance.now()
    const set = new ItemSet()
    items.forEach((item, i) => {
      set.add(item)
      if (i % 1_000 === 0) set.fingerprint(0, set.size)
    })
    const took = performance.now() - before
    report(`100,000 adds, 100 looks: ${took.toFixed(0)} ms`)
    expect(set.fingerprint(0, set.size)).toEqual(ItemSet.from(items).fingerprint(0, items.length))
  })
})
