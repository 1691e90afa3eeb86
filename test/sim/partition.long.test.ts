import { describe, expect, it } from 'vitest'
import { expectSound, twice } from './invariants.js'
import { partition } from './scenarios.js'
import { light, room } from './settings.js'

describe('two halves for five minutes', () => {
  it('are one overlay again within 60 s', () => {
    const report = partition(light(1_000))
    expect(report.figures['overlay whole after, s']).toBeLessThanOrEqual(60)
    expect(report.oneSided).toBe(0)
    expect(report.repeated).toBe(0)
  })

  it('have the union within 60 s', () => {
    const report = twice(() => partition(room(24)))
    expectSound(report)
    expect(report.figures['union everywhere after, s']).toBeLessThanOrEqual(60)
  })
})
