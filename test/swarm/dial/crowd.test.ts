import { expect, it } from 'vitest'
import { crowd } from './crowd.js'

// Two pairs in a hundred may be dialled from both sides: the second one learns of it too late.
it.each([2, 1, 0.5, 0.2])('a crowd that shares %f cores gives up no handshake', cores => {
  const size = 24
  const pairs = (size * (size - 1)) / 2
  const counts = crowd({ size, handshakeMillis: 4, cores, patienceMillis: 2_000 })
  expect(counts.failed).toBe(0)
  expect(counts.opened).toBeGreaterThanOrEqual(pairs)
  expect(counts.begun).toBeLessThan(1.7 * pairs)
  expect(counts.lastAt).toBeLessThan((2 * pairs * 4) / cores + 1_000)
})
