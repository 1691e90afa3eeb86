/** The seed of this run: `SEED` from the environment, or the given one. */
export function seedFromEnv(fallback: number): number {
  const seed = Number(process.env.SEED)
  return Number.isSafeInteger(seed) && seed > 0 ? seed : fallback
}
