import type { Random } from '../../src/protocol/events.js'

/** A seeded source of uniform numbers in [0, 1): xorshift128, seeded through splitmix32. */
export function prng(seed: number): Random {
  const next = splitmix(seed)
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

function splitmix(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return mixed ^ (mixed >>> 15)
  }
}

/** The seed of this run: `SEED` from the environment, or the given one. */
export function seedFromEnv(fallback: number): number {
  const seed = Number(process.env.SEED)
  return Number.isSafeInteger(seed) && seed > 0 ? seed : fallback
}
