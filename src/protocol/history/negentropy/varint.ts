/** Largest unsigned 64-bit number: Negentropy's infinity, and the most that a varint may spell. */
export const MAX_UINT64 = 2n ** 64n - 1n

/** Base-128 digits of an unsigned 64-bit number. */
const MAX_DIGITS = 10

/**
 * A varint as Negentropy V1 writes it: base-128 digits, the most significant first, as few as possible, the high
 * bit set on all but the last. 1 to 10 bytes. The value is 0 to 2^64-1; callers see to that.
 */
export function encodeVarint(value: number | bigint): Uint8Array {
  const digits: number[] = []
  let rest = BigInt(value)
  do {
    digits.push(Number(rest & 0x7fn) | (digits.length === 0 ? 0 : 0x80))
    rest >>= 7n
  } while (rest > 0n)
  return Uint8Array.from(digits.reverse())
}

/** Reads a stranger's bytes from front to back. Every read that cannot be served gives undefined; none throws. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** True where nothing is left to read. */
  get done(): boolean {
    return this.#offset >= this.#bytes.byteLength
  }

  /** The next `length` bytes, not copied; undefined where fewer are left. */
  bytes(length: number): Uint8Array | undefined {
    const end = this.#offset + length
    if (end > this.#bytes.byteLength) return undefined
    const read = this.#bytes.subarray(this.#offset, end)
    this.#offset = end
    return read
  }

  /** The next varint; undefined where it is cut off, over 2^64-1, or padded with a leading zero digit. */
  varint(): bigint | undefined {
    const first = this.#bytes[this.#offset++]
    if (first === undefined || first === 0x80) return undefined
    return first < 0x80 ? BigInt(first) : this.#moreDigits(BigInt(first & 0x7f))
  }

  #moreDigits(first: bigint): bigint | undefined {
    let value = first
    for (let digits = 1; digits < MAX_DIGITS; digits++) {
      const digit = this.#bytes[this.#offset++]
      if (digit === undefined) return undefined
      value = (value << 7n) | BigInt(digit & 0x7f)
      if (digit < 0x80) return value <= MAX_UINT64 ? value : undefined
    }
    return undefined
  }

  /** The next varint as a length; undefined also where it is more than `most`. */
  length(most: number): number | undefined {
    const value = this.varint()
    return value === undefined || value > most ? undefined : Number(value)
  }
}
