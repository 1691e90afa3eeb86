import b4a from 'b4a'
import { ID_BYTES, type IdentityKey, idAt, type MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { MessageNode, ShelvedMessage } from './message-node.js'

/**
 * What is in memory of a message: its parents are held as bytes, for a string of each would take thrice the memory, and whoever means ill
 * can have as many kept as there is room for, whose parents never were or are gone.
 */
export class PackedMessage implements ShelvedMessage {
  readonly id: MessageId
  readonly clock: Millis
  readonly kind: number
  readonly author: IdentityKey
  readonly bytes: number
  readonly isBare: boolean
  /** A byte in each character, which takes less than an array of bytes. */
  readonly #parents: string

  /** `bytes`: of the sealed message. `author`: the same as its author, for all of its messages the same string. */
  constructor(
    message: Omit<MessageNode, 'author' | 'isVerified'>,
    bytes: number,
    author: IdentityKey
  ) {
    const { clock, id, isBare, kind, parents } = message
    this.id = id
    this.clock = clock
    this.kind = kind
    this.author = author
    this.bytes = bytes
    this.isBare = isBare
    this.#parents = b4a.toString(b4a.from(parents.join(''), 'hex'), 'latin1')
  }

  get isVerified(): true {
    return true
  }

  /** Made anew each time. */
  get parents(): MessageId[] {
    const bytes = b4a.from(this.#parents, 'latin1')
    return Array.from({ length: bytes.length / ID_BYTES }, (_, at) => idAt(bytes, at * ID_BYTES))
  }
}
