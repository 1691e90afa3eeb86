/** Removes an item, as a rule the first one of a list; false if it is not there. A set does the same in thrice the memory, where most have one item. */
export function takeOut<T>(items: T[], item: T): boolean {
  const at = items.indexOf(item)
  if (at < 0) return false
  if (at === 0) items.shift()
  else items.splice(at, 1)
  return true
}
