import { describe, expect, it } from 'vitest'
import { Bench, dialled } from '../../support/membership-bench.js'
import { idOf } from '../../support/peers.js'

// What the numbers of membership/tuning.ts are for that other tests name, and so follow: with a tenth of one, or ten times as much, one of these fails.

const late = { type: 'timer', timer: { name: 'dial-late' } } as const
const refill = { type: 'timer', timer: { name: 'refill' } } as const
const mute = Array.from({ length: 8_000 }, (_, n) => idOf(`mute ${n}`))

/** How many are dialled when so much time has passed. */
function dialledAfter(bench: Bench, millis: number): number {
  bench.now += millis
  return dialled(bench.feed(late)).length
}

describe('a dial that nobody answers', () => {
  it('holds its place for a second or so', () => {
    const bench = new Bench()
    bench.fill(1)
    bench.feed({ type: 'candidates', peers: mute.slice(0, 100) })
    expect(dialledAfter(bench, 400)).toBe(0)
    expect(dialledAfter(bench, 1_600)).toBeGreaterThan(0)
  })

  it('holds it for half of that while we have no neighbour', () => {
    const bench = new Bench()
    bench.feed({ type: 'candidates', peers: mute.slice(0, 100) })
    expect(dialledAfter(bench, 200)).toBe(0)
    expect(dialledAfter(bench, 600)).toBeGreaterThan(0)
  })

  it('is given up between 10 s and a minute later', () => {
    const bench = new Bench()
    bench.feed({ type: 'candidates', peers: mute.slice(0, 1) })
    const left = (millis: number) => {
      bench.now += millis
      bench.feed(refill)
      return bench.membership.load.dials
    }
    expect(left(10_000)).toBe(1)
    expect(left(50_000)).toBe(0)
  })

  it('is one of some hundreds of which we remember anything', () => {
    const bench = new Bench()
    for (let turn = 0; turn < 40; turn++) {
      bench.feed({ type: 'candidates', peers: mute.slice(200 * turn, 200 * (turn + 1)) })
      dialledAfter(bench, 600)
    }
    for (const count of [bench.membership.load.dials, bench.membership.load.announced]) {
      expect(count).toBeGreaterThan(200)
      expect(count).toBeLessThan(1_000)
    }
  })
})
