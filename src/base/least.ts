/** The `count` items that are before all others, in that order. The more there are, the less is kept. */
export function least<T>(
  items: Iterable<T>,
  count: number,
  isBefore: (a: T, b: T) => boolean
): T[] {
  const first: T[] = []
  for (const item of items) {
    let at = first.length
    while (at > 0 && isBefore(item, first[at - 1] as T)) at -= 1
    if (at === count) continue
    first.splice(at, 0, item)
    if (first.length > count) first.pop()
  }
  return first
}
