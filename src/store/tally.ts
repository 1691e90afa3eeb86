import b4a from 'b4a'
import { ID_BYTES, idToBytes, type MessageId } from '../base/ids.js'
import type { Change } from './pending.js'

const COUNT_BYTES = 8

/**
 * How many messages a database has, and the sum of their ids: written in the batch that changes them, so that a batch that
 * a damaged disk has swallowed, and LevelDB passes over without a word, is noticed when everything is read.
 */
export class Tally {
  // BOUNDED: by the owner of the database, who deletes what its timeline forgets.
  readonly #ids: Set<MessageId>
  readonly #sum = new Uint8Array(ID_BYTES)

  constructor(ids: Iterable<MessageId> = []) {
    this.#ids = new Set(ids)
    for (const id of this.#ids) this.#flip(id)
  }

  /** How many messages there are. */
  get count(): number {
    return this.#ids.size
  }

  has(id: MessageId): boolean {
    return this.#ids.has(id)
  }

  /** These changes were made, or will be. */
  note(changes: readonly [MessageId, Change][]): void {
    for (const [id, { type }] of changes) {
      if ((type === 'put') === this.#ids.has(id)) continue
      this.#flip(id)
      if (type === 'put') this.#ids.add(id)
      else this.#ids.delete(id)
    }
  }

  /** As it is written: the count, 8 bytes, and the sum. */
  bytes(): Uint8Array {
    const bytes = new Uint8Array(COUNT_BYTES + ID_BYTES)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(this.count))
    bytes.set(this.#sum, COUNT_BYTES)
    return bytes
  }

  /** True if this is what was written, or nothing was. */
  agreesWith(written: Uint8Array | undefined): boolean {
    return written === undefined || b4a.equals(written, this.bytes())
  }

  #flip(id: MessageId): void {
    for (const [at, byte] of idToBytes(id).entries()) this.#sum[at] = (this.#sum[at] ?? 0) ^ byte
  }
}
