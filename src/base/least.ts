/** The `count` items that are before all others, in that order. The more there are, the less is kept. */
export function least<T>(
  items: Iterable<T>,
  count: number,
  isBefore: (a: T, b: T) => boolean
): T[] {
  const first: T[] = []
  for (const item of items) putLeast(first, item, count, isBefore)
  return first
}

/** Puts an item among the `count` that are before all others so far, if it is one of them. */
export function putLeast<T>(
  first: T[],
  item: T,
  count: number,
  isBefore: (a: T, b: T) => boolean
): void {
  let at = first.length
  while (at > 0 && isBefore(item, first[at - 1] as T)) at -= 1
  if (at === count) return
  first.splice(at, 0, item)
  if (first.length > count) first.pop()
}
