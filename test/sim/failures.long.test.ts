import { describe, expect, it } from 'vitest'
import { expectSound, twice } from './invariants.js'
import { churn, crash } from './scenarios.js'
import { light, room } from './settings.js'

describe('members that crash at once', () => {
  it.each([
    [0.5, 60],
    [0.8, 120]
  ])('%d of 1,000: the others are one room again within %d s', (share, seconds) => {
    const report = crash(light(1_000), share)
    expectSound(report)
    expect(report.figures['overlay whole after, s']).toBeLessThanOrEqual(seconds)
    expect(report.figures['messages reach all after, s']).toBeLessThanOrEqual(seconds)
  })

  it('half of a room of real machines: nothing that is said is lost', () => {
    const report = twice(() => crash(room(24), 0.5))
    expectSound(report)
    expect(report.figures['messages reach all after, s']).toBe(0)
  })
})

describe('churn', () => {
  it('of a tenth a minute: those who stay hear everything', () => {
    expectSound(churn(light(300), 10))
  })
})
