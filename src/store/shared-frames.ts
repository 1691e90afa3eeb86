import b4a from 'b4a'
import { ID_BYTES, idFromBytes, idToBytes, type MessageId } from '../base/ids.js'
import { MAX_SEALED_BYTES } from '../protocol/wire/message.js'
import type { Log, Logged } from './log.js'
import type { Merged } from './merged.js'

// What one program of a user gives another. A byte of version; what the numbers belong to, 8 bytes, zeros where nobody
// counts; the highest number, 8 bytes. Then messages, each after its length in 4 bytes: its clock in ms, 8 bytes; its number,
// 8 bytes; its id; the sealed message. Numbers are big-endian. A length of 0 ends what there is so far.

/** Version of this format. */
const SHARING_VERSION = 2

const LENGTH_BYTES = 4
const EPOCH_BYTES = 8
const HEAD_BYTES = 1 + EPOCH_BYTES + 8
const RESULT_BYTES = 1 + 3 * 8
const NUMBER_AT = 8
const ID_AT = NUMBER_AT + 8
const SEALED_AT = ID_AT + ID_BYTES
const MAX_FRAME_BYTES = SEALED_AT + MAX_SEALED_BYTES

/** The end of what there is so far. */
export const END = new Uint8Array(LENGTH_BYTES)

/** What the messages come after. */
export function headOf({ epoch, last }: Pick<Log, 'epoch' | 'last'>): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES)
  head[0] = SHARING_VERSION
  if (epoch !== undefined) head.set(b4a.from(epoch, 'hex'), 1)
  viewOf(head).setBigUint64(1 + EPOCH_BYTES, BigInt(last))
  return head
}

/** A message as it is given. */
export function frameOf({ clock, id, number, sealed }: Logged): Uint8Array {
  const head = new Uint8Array(LENGTH_BYTES + ID_AT)
  const view = viewOf(head)
  view.setUint32(0, SEALED_AT + sealed.byteLength)
  view.setBigUint64(LENGTH_BYTES, BigInt(clock))
  view.setBigUint64(LENGTH_BYTES + NUMBER_AT, BigInt(number))
  return b4a.concat([head, idToBytes(id), sealed])
}

/** What became of messages that were handed over, as it is told: the version, and three numbers of 8 bytes. */
export function resultOf({ imported, known, refused }: Merged): Uint8Array {
  const result = new Uint8Array(RESULT_BYTES)
  result[0] = SHARING_VERSION
  const view = viewOf(result)
  for (const [at, count] of [imported, known, refused].entries())
    view.setBigUint64(1 + 8 * at, BigInt(count))
  return result
}

/** The same as it is read; undefined for what is not in this format. It is so short that it comes in one piece. */
export function readResult(bytes: Uint8Array): Merged | undefined {
  if (bytes.byteLength !== RESULT_BYTES || bytes[0] !== SHARING_VERSION) return undefined
  const view = viewOf(bytes)
  const count = (at: number) => Number(view.getBigUint64(1 + 8 * at))
  return { imported: count(0), known: count(1), refused: count(2) }
}

/** What a piece of bytes has completed. */
export interface Taken {
  readonly messages: readonly Logged[]
  /** True: the end of what there is so far was among it. */
  readonly isEnd: boolean
}

/** Takes messages out of bytes that come in pieces. */
export class FrameReader {
  // BOUNDED: one frame and one piece.
  #rest: Uint8Array = new Uint8Array(0)
  #head: Pick<Log, 'epoch' | 'last'> | undefined

  /** What the numbers belong to, and stand at; undefined until it has come. */
  get head(): Pick<Log, 'epoch' | 'last'> | undefined {
    return this.#head
  }

  /** What is whole now; undefined for what is not in this format: no more is to be read. */
  take(piece: Uint8Array): Taken | undefined {
    this.#rest = b4a.concat([this.#rest, piece])
    if (this.#head === undefined) {
      if (this.#rest.byteLength > 0 && this.#rest[0] !== SHARING_VERSION) return undefined
      if (this.#rest.byteLength < HEAD_BYTES) return { messages: [], isEnd: false }
      this.#head = this.#readHead()
      this.#rest = this.#rest.subarray(HEAD_BYTES)
    }
    return this.#frames()
  }

  #readHead(): Pick<Log, 'epoch' | 'last'> {
    const epoch = b4a.toString(this.#rest.subarray(1, 1 + EPOCH_BYTES), 'hex')
    const last = Number(viewOf(this.#rest).getBigUint64(1 + EPOCH_BYTES))
    return { epoch: /^0+$/.test(epoch) ? undefined : epoch, last }
  }

  #frames(): Taken | undefined {
    const messages: Logged[] = []
    let isEnd = false
    let at = 0
    while (this.#rest.byteLength - at >= LENGTH_BYTES) {
      const length = viewOf(this.#rest, at).getUint32(0)
      const from = at + LENGTH_BYTES
      if (length > 0 && (length <= SEALED_AT || length > MAX_FRAME_BYTES)) return undefined
      if (this.#rest.byteLength - from < length) break
      if (length === 0) isEnd = true
      else messages.push(this.#messageAt(from, length))
      at = from + length
    }
    this.#rest = this.#rest.slice(at)
    return { messages, isEnd }
  }

  #messageAt(at: number, length: number): Logged {
    const view = viewOf(this.#rest, at)
    const clock = Number(view.getBigUint64(0))
    const number = Number(view.getBigUint64(NUMBER_AT))
    const id = idFromBytes<MessageId>(this.#rest.subarray(at + ID_AT, at + SEALED_AT))
    return { clock, number, id, sealed: this.#rest.slice(at + SEALED_AT, at + length) }
  }
}

function viewOf(bytes: Uint8Array, at = 0): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + at)
}
