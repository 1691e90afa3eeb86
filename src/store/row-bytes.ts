const FIRST_BYTES = 256
const HIGH_WORD = 2 ** 32

/** Bytes that grow at their end, for very many small numbers. All of them are big-endian. */
export class RowBytes {
  #bytes = new Uint8Array(FIRST_BYTES)
  #view = new DataView(this.#bytes.buffer)
  #size = 0

  uint8(value: number): this {
    const at = this.#take(1)
    this.#view.setUint8(at, value)
    return this
  }

  uint32(value: number): this {
    const at = this.#take(4)
    this.#view.setUint32(at, value)
    return this
  }

  /** A safe integer of 0 or more. */
  uint64(value: number): this {
    return this.uint32(Math.floor(value / HIGH_WORD)).uint32(value % HIGH_WORD)
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#take(bytes.byteLength)
    this.#bytes.set(bytes, at)
    return this
  }

  /** All so far, not copied. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#size)
  }

  // What makes room replaces the view: to be called before that is used.
  #take(count: number): number {
    const at = this.#size
    this.#size += count
    if (this.#size > this.#bytes.byteLength) this.#grow()
    return at
  }

  #grow(): void {
    const bytes = new Uint8Array(2 * this.#size)
    bytes.set(this.#bytes)
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
  }
}
