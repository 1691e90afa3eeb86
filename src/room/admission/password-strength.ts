/** Shortest password that is not called short, in code points, and how many of them must differ. Guess: 16 random letters have 75 bits. */
const LONG_POINTS = 16
const MANY_POINTS = 8

/**
 * True for a password that is short: whoever has the topic can try all of its length, or nearly. That one is not short says
 * nothing about how well known it is.
 */
export function isShortPassword(password: string): boolean {
  const points = [...password]
  return points.length < LONG_POINTS || new Set(points).size < MANY_POINTS
}
