import b4a from 'b4a'
import { ID_BYTES, type Id, idAt, idToBytes } from '../../base/ids.js'

/** Integers on our wire are unsigned, of fixed width, most significant byte first. */
const HIGH_WORD = 2 ** 32

/**
 * Reads a stranger's bytes front to back. A read past the end gives zeros and marks the reader as failed, so that
 * nothing throws and one look at `complete` at the end tells whether all of it was there.
 */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0
  #failed = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** True where every read was inside the bytes and none is left over. */
  get complete(): boolean {
    return !this.#failed && this.#at === this.#bytes.byteLength
  }

  /** True where a read went past the end, or {@link fail} was called. */
  get failed(): boolean {
    return this.#failed
  }

  /** How many bytes were read. */
  get offset(): number {
    return this.#at
  }

  /** Marks what was read as wrong; returns the reader's verdict for a one-line guard. */
  fail(): void {
    this.#failed = true
  }

  uint8(): number {
    return this.#integer(1)
  }

  uint16(): number {
    return this.#integer(2)
  }

  uint32(): number {
    return this.#integer(4)
  }

  /** Eight bytes; a value above 2^53 - 1 fails. */
  uint64(): number {
    const value = this.uint32() * HIGH_WORD + this.uint32()
    if (!Number.isSafeInteger(value)) this.fail()
    return value
  }

  /** A view of the next `length` bytes, not a copy; empty past the end. */
  bytes(length: number): Uint8Array {
    const start = this.#at
    return this.#take(length) ? this.#bytes.subarray(start, start + length) : new Uint8Array(0)
  }

  /** Passes over the next `length` bytes. */
  skip(length: number): void {
    this.#take(length)
  }

  /** A view of everything that is left. */
  rest(): Uint8Array {
    return this.bytes(this.#bytes.byteLength - this.#at)
  }

  /** 32 bytes; undefined past the end. */
  id<T extends Id>(): T | undefined {
    const at = this.#at
    return this.#take(ID_BYTES) ? idAt<T>(this.#bytes, at) : undefined
  }

  /** `count` ids one after another; fails where the count is above `cap` or they are not all there. */
  ids<T extends Id>(count: number, cap: number): T[] {
    if (count > cap || count * ID_BYTES > this.#bytes.byteLength - this.#at) this.fail()
    // One that grows would hold 17 places for the parents of every message.
    const ids = new Array<T>(this.#failed ? 0 : count)
    for (let n = 0; n < ids.length; n++) ids[n] = this.id<T>() as T
    return ids
  }

  // No DataView: one would be made for every frame.
  #integer(width: 1 | 2 | 4): number {
    if (!this.#take(width)) return 0
    return integerAt(this.#bytes, this.#at - width, width)
  }

  #take(length: number): boolean {
    if (this.#failed || this.#at + length > this.#bytes.byteLength) this.#failed = true
    else this.#at += length
    return !this.#failed
  }
}

/** The integer of so many bytes that begins there, all of which are inside; above 2^53 - 1 it is not exact, and is above that. */
export function integerAt(bytes: Uint8Array, from: number, width: number): number {
  let value = 0
  for (let at = from; at < from + width; at++) value = value * 256 + (bytes[at] as number)
  return value
}

/** Writes what {@link ByteReader} reads. Values out of range are a bug of ours and throw a RangeError. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = []

  uint8(value: number): this {
    return this.#integer(value, 1)
  }

  uint16(value: number): this {
    return this.#integer(value, 2)
  }

  uint32(value: number): this {
    return this.#integer(value, 4)
  }

  uint64(value: number): this {
    return this.uint32(Math.floor(value / HIGH_WORD)).uint32(value % HIGH_WORD)
  }

  bytes(bytes: Uint8Array): this {
    this.#parts.push(bytes)
    return this
  }

  id(id: Id): this {
    return this.bytes(idToBytes(id))
  }

  /** Ids one after another, without a count. More than `cap` is a bug of ours. */
  ids(ids: readonly Id[], cap: number): this {
    if (ids.length > cap) throw new RangeError(`${ids.length} ids where ${cap} fit`)
    for (const id of ids) this.id(id)
    return this
  }

  finish(): Uint8Array {
    return b4a.concat(this.#parts)
  }

  #integer(value: number, width: 1 | 2 | 4): this {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * width)) {
      throw new RangeError(`${value} does not fit ${width} bytes`)
    }
    const bytes = new Uint8Array(width)
    for (let at = width - 1, left = value; at >= 0; at--, left = Math.floor(left / 256)) {
      bytes[at] = left % 256
    }
    return this.bytes(bytes)
  }
}
