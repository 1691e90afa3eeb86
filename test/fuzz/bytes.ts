/** A source of uniform numbers in [0, 1). */
export type Random = () => number

/** An integer from 0 to below `end`. */
export function below(random: Random, end: number): number {
  return Math.floor(random() * end)
}

/** One of these. */
export function oneOf<T>(random: Random, all: readonly T[]): T {
  return all[below(random, all.length)] as T
}

/** Bytes that mean nothing. */
export function noise(random: Random, most: number): Uint8Array {
  return Uint8Array.from({ length: below(random, most + 1) }, () => below(random, 256))
}

/** The sample with some bytes changed, put in, left out or cut off; half of that near the front, where most is decided. */
export function mutate(random: Random, sample: Uint8Array): Uint8Array {
  let bytes = Uint8Array.from(sample)
  for (let edits = below(random, 4); edits >= 0; edits--) bytes = edit(random, bytes)
  return bytes
}

function edit(random: Random, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const length = bytes.byteLength
  const at = below(random, random() < 0.5 ? Math.min(64, length + 1) : length + 1)
  switch (below(random, 6)) {
    case 0:
      return bytes.slice(0, at)
    case 1:
      return Uint8Array.from([...bytes.subarray(0, at), ...noise(random, 4), ...bytes.subarray(at)])
    case 2:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1)])
    case 3:
      bytes[at % Math.max(1, length)] = oneOf(random, [0, 1, 0x7f, 0x80, 0xff])
      return bytes
    default:
      bytes[at % Math.max(1, length)] = below(random, 256)
      return bytes
  }
}
