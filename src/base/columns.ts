import { ID_BYTES } from './ids.js'

type Column = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

/** The same values, and room for more, up to this length. */
export function grown<C extends Column>(column: C, length: number): C {
  const larger = new (column.constructor as new (length: number) => C)(length)
  larger.set(column)
  return larger
}

/** The same column if it has room for so many, or else one that has. */
export function withRoom<C extends Column>(column: C, length: number): C {
  return column.length < length ? grown(column, length) : column
}

/** The order of the ids that begin at these places. */
export function compareBytes(ids: Uint8Array, a: number, b: number): number {
  for (let at = 0; at < ID_BYTES; at += 1) {
    const difference = (ids[a + at] as number) - (ids[b + at] as number)
    if (difference !== 0) return difference
  }
  return 0
}
