import { closest, distance } from 'fastest-levenshtein'

/** What was meant by a word that is none of these, where one is near enough: `join` for `jion`. */
function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const lower = word.toLowerCase()
  const best = closest(lower, known)
  return distance(lower, best) <= Math.max(1, Math.floor(word.length / 2)) ? best : undefined
}

/** ` Did you mean join?`, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const best = nearest(word, known)
  return best === undefined ? '' : ` Did you mean ${best}?`
}
