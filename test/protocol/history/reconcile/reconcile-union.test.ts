import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MessageId, parseId } from '../../../../src/base/ids.js'
import { type Item, ItemSet } from '../../../../src/protocol/history/reconcile/reconcile.js'
import { difference, exchange, sorted } from '../../../support/reconcile.js'

const seed = Number(process.env.SEED ?? 3)
/** `npm run test:sim` makes 500; `SEED` gives others. */
const RUNS = 50 * Number(process.env.RUNS ?? 3)

interface Plan {
  readonly salt: number
  readonly size: number
  /** How many different timestamps there are. */
  readonly times: number
  /** Bytes that all ids have in common. */
  readonly shared: number
  readonly mix: 'equal' | 'disjoint' | 'one-sided' | 'few' | 'half'
}

const plans: fc.Arbitrary<Plan> = fc.record({
  salt: fc.nat(),
  size: fc.oneof(fc.nat(3), fc.nat(70), fc.nat(70), fc.nat(800), fc.nat(3_000)),
  times: fc.constantFrom(1, 4, 1_000, 2 ** 41, Number.MAX_SAFE_INTEGER),
  // Fingerprints are of sums: with two bytes left, sets of equal sums are found by chance. Hashes leave 32.
  shared: fc.constantFrom(0, 0, 0, 5, 24),
  mix: fc.constantFrom('equal', 'disjoint', 'one-sided', 'few', 'half')
})
const limits = fc.constantFrom(4_096, 60_000)

/** In [0, 1), from the bytes of a hash. */
const fraction = (digest: Buffer, at: number) => digest.readUInt32LE(at) / 2 ** 32

function pair({ salt, size, times, shared, mix }: Plan): [Item[], Item[]] {
  const [ours, theirs]: [Item[], Item[]] = [[], []]
  for (let i = 0; i < size; i++) {
    const digest = createHash('sha512').update(`${salt} ${i}`).digest()
    const id = parseId<MessageId>('5a'.repeat(shared) + digest.toString('hex', shared, 32))
    if (id === undefined) throw new Error('not an id')
    // A duplicate id in the naive union has one timestamp, as a hash of the whole message gives it.
    const spread = createHash('sha256').update(id).digest()
    const item = { timestamp: Math.floor(fraction(spread, 0) * times), id }
    const [who, side] = [fraction(digest, 40), fraction(digest, 44) < 0.5]
    if (!isOnlyOn('theirs', mix, who, side)) ours.push(item)
    if (!isOnlyOn('ours', mix, who, side)) theirs.push(item)
  }
  return [ours, theirs]
}

function isOnlyOn(place: 'ours' | 'theirs', mix: Plan['mix'], who: number, side: boolean): boolean {
  if (mix === 'equal') return false
  if (mix === 'one-sided') return place === 'ours'
  if (side !== (place === 'ours')) return false
  return mix === 'disjoint' || who < (mix === 'few' ? 0.02 : 0.5)
}

describe('random pairs', () => {
  it('end with the naive union', () => {
    let [most, named, distinct] = [0, 0, 0]
    fc.assert(
      fc.property(plans, limits, (plan, frameSizeLimit) => {
        const [ours, theirs] = pair(plan)
        const result = exchange(ItemSet.from(ours), ItemSet.from(theirs), { frameSizeLimit })
        expect(sorted(new Set(result.have))).toEqual(sorted(difference(ours, theirs)))
        expect(sorted(new Set(result.need))).toEqual(sorted(difference(theirs, ours)))
        for (const message of result.messages)
          expect(message.length).toBeLessThanOrEqual(frameSizeLimit)
        most = Math.max(most, result.roundTrips)
        named += result.have.length + result.need.length
        distinct += new Set([...result.have, ...result.need]).size
      }),
      { seed, numRuns: RUNS }
    )
    expect(most).toBeGreaterThan(3)
    expect(named).toBeLessThan(1.05 * distinct)
    if (process.env.MEASURE) console.log({ most, named, distinct })
  })
})
