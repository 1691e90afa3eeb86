import b4a from 'b4a'
import { ID_BYTES, idFromBytes, idToBytes, type MessageId } from '../base/ids.js'
import { MAX_SEALED_BYTES } from '../protocol/wire/message.js'
import type { Kept } from './store.js'

// What one program of a user gives another: a byte of version, then messages, each after its length in 4 bytes, big-endian:
// its clock in ms, 8 bytes; its id; the sealed message. A length of 0 ends it.

/** Version of this format. */
export const SHARING_VERSION = 1

const LENGTH_BYTES = 4
const CLOCK_BYTES = 8
const SEALED_AT = CLOCK_BYTES + ID_BYTES
const MAX_FRAME_BYTES = SEALED_AT + MAX_SEALED_BYTES

/** The end of all messages. */
export const END = new Uint8Array(LENGTH_BYTES)

/** A message as it is given. */
export function frameOf({ clock, id, sealed }: Kept): Uint8Array {
  const head = new Uint8Array(LENGTH_BYTES + CLOCK_BYTES)
  const view = new DataView(head.buffer)
  view.setUint32(0, SEALED_AT + sealed.byteLength)
  view.setBigUint64(LENGTH_BYTES, BigInt(clock))
  return b4a.concat([head, idToBytes(id), sealed])
}

/** Takes messages out of bytes that come in pieces. */
export class FrameReader {
  // BOUNDED: one frame and one piece.
  #rest: Uint8Array = new Uint8Array(0)
  #hasVersion = false
  #isDone = false

  /** True if the end has come. */
  get isDone(): boolean {
    return this.#isDone
  }

  /** The messages that are whole now; undefined for what is not in this format: no more is to be read. */
  take(piece: Uint8Array): Kept[] | undefined {
    this.#rest = b4a.concat([this.#rest, piece])
    if (!this.#hasVersion && this.#rest.byteLength > 0) {
      if (this.#rest[0] !== SHARING_VERSION) return undefined
      this.#hasVersion = true
      this.#rest = this.#rest.subarray(1)
    }
    return this.#frames()
  }

  #frames(): Kept[] | undefined {
    const found: Kept[] = []
    let at = 0
    while (!this.#isDone && this.#rest.byteLength - at >= LENGTH_BYTES) {
      const length = this.#viewAt(at).getUint32(0)
      const from = at + LENGTH_BYTES
      if (length === 0) this.#isDone = true
      else if (length <= SEALED_AT || length > MAX_FRAME_BYTES) return undefined
      if (this.#rest.byteLength - from < length) break
      if (length > 0) found.push(this.#messageAt(from, length))
      at = from + length
    }
    this.#rest = this.#rest.slice(at)
    return found
  }

  #messageAt(at: number, length: number): Kept {
    const clock = Number(this.#viewAt(at).getBigUint64(0))
    const id = idFromBytes<MessageId>(this.#rest.subarray(at + CLOCK_BYTES, at + SEALED_AT))
    return { clock, id, sealed: this.#rest.slice(at + SEALED_AT, at + length) }
  }

  #viewAt(at: number): DataView {
    return new DataView(this.#rest.buffer, this.#rest.byteOffset + at)
  }
}
