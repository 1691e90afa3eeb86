/**
 * One of each of these in turn, as long as any of them has more. Made as it is read.
 *
 * @example
 * [...inTurn([['a1', 'a2'], ['b1']])] // ['a1', 'b1', 'a2']
 */
export function* inTurn<T>(lists: readonly Iterable<T>[]): Generator<T> {
  let left = lists.map(list => list[Symbol.iterator]())
  while (left.length > 0) {
    const round = left.map(each => each.next())
    for (const each of round) if (each.done !== true) yield each.value
    left = left.filter((_, at) => round[at]?.done !== true)
  }
}
