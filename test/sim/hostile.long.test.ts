import { describe, expect, it } from 'vitest'
import { hostile } from './hostile.js'
import { expectSound, twice } from './invariants.js'
import { blackholes, spam } from './scenarios.js'
import { light, room } from './settings.js'

describe('members that mean ill', () => {
  it('forward nothing, a fifth of them: the honest still get everything', () => {
    const report = blackholes(light(1_000))
    expectSound(report)
    expect(report.redundancy.max).toBeLessThan(0.1)
    expectSound(twice(() => blackholes(room(30, { messages: 20 }))))
  })

  it('say a thousand things a second: the others are heard as before', () => {
    const report = twice(() => spam(room(12), 1_000, 5))
    expectSound(report)
    const usual = report.figures['usual last delivery, s'] ?? 0
    expect(report.figures['last delivery under spam, s']).toBeLessThanOrEqual(2 * usual)
    const pushed = report.figures['spam pushed over the busiest honest link']
    expect(pushed).toBeLessThan(0.6 * (report.figures['spam said'] ?? 0))
  })

  // A hundred were, for whom somebody suspected was among those who dropped what the attacker had said too much of.
  it('suspect everybody, faster than anybody may: nobody living is gone', () => {
    const attacks = { minutes: 1, share: 0.2, rate: 200, history: 2_000, attacks: ['suspicions'] }
    const report = hostile({ seed: 1, honest: 24, hostile: 2, ...attacks })
    expect(report.delivery).toBe(1)
    expect(report.figures['living members told to be gone']).toBe(0)
  })

  // The short one of `npm run sim -- --hostile`, which says how to replay what it finds.
  it('attack at random, three of nine: nothing is lost, nobody living is gone, nothing is over its bound', () => {
    const attacks = { minutes: 1, share: 0.3, rate: 200, history: 2_000 }
    const report = hostile({ seed: 1, honest: 6, hostile: 3, ...attacks })
    expect(report.delivery).toBe(1)
    expect(report.repeated).toBe(0)
    expect(report.overBound).toEqual([])
    expect(report.figures['living members told to be gone']).toBe(0)
  })
})
