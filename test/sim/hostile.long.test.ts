import { describe, expect, it } from 'vitest'
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
})
