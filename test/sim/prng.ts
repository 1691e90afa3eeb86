import type { Random } from '../../src/base/random.js'
import { seededRandom } from '../../src/testing/world/random.js'

/** A seeded source of uniform numbers in [0, 1): xorshift128, seeded through SplitMix32. */
export function prng(seed: number): Random {
  const uniform = seededRandom(seed)
  const next = () => (uniform() * 0x1_0000_0000) | 0
  let [x, y, z, w] = [next(), next(), next(), next() | 1]
  return () => {
    const t = x ^ (x << 11)
    x = y
    y = z
    z = w
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8)
    return (w >>> 0) / 0x1_0000_0000
  }
}

/** The seed of this run: `SEED` from the environment, or the given one. */
export function seedFromEnv(fallback: number): number {
  const seed = Number(process.env.SEED)
  return Number.isSafeInteger(seed) && seed > 0 ? seed : fallback
}
