/**
 * How long to wait after so many failures in a row (1: the first): doubles from `first` to at most `longest`
 * milliseconds, and a random half of it goes, so that many who failed together do not come back together.
 */
export function backoff(failures: number, first: number, longest: number): number {
  const full = Math.min(longest, first * 2 ** Math.min(failures - 1, 30))
  return full * (0.5 + Math.random() / 2)
}
