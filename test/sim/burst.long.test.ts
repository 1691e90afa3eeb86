import { expect, it } from 'vitest'
import { burst } from './burst.js'
import { room } from './settings.js'

const SECOND = 1_000

it.each([2, 3])(
  'a room that is asked for more than it can do soon does as little for a line as before (seed %i)',
  seed => {
    const { after, busy, calm, report } = burst(
      room(10, { messages: 400, seed, world: { cpu: 0.015 } })
    )
    expect(report.delivery).toBe(1)
    expect(busy.copies).toBeLessThan(1.9)
    expect(busy.grafted).toBeLessThan(0.45)
    expect(after.work).toBeLessThan(1.2 * calm.work)
    expect(after.p99).toBeLessThan(1.5 * SECOND)
  }
)
