import type { Random } from './random.js'

/** One of the items, each equally likely; undefined where there is none. */
export function pick<T>(items: Iterable<T>, random: Random): T | undefined {
  const all = [...items]
  return all[Math.floor(random() * all.length)]
}

/** At most `count` different items in random order (a partial Fisher-Yates shuffle). */
export function sample<T>(items: Iterable<T>, count: number, random: Random): T[] {
  const all = [...items]
  const size = Math.min(count, all.length)
  for (let i = 0; i < size; i++) {
    const j = i + Math.floor(random() * (all.length - i))
    const [a, b] = [all[i] as T, all[j] as T]
    all[i] = b
    all[j] = a
  }
  return all.slice(0, size)
}

/** The span give or take a quarter, so that members that started together do not act together. */
export function jitter(span: number, random: Random): number {
  return Math.round(span * (0.75 + random() / 2))
}
