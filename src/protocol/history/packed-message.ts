import b4a from 'b4a'
import { ID_BYTES, type IdentityKey, idAt, type MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { KnownMessage } from '../wire/message.js'
import type { ShelvedMessage } from './message-node.js'

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
  #parents = ''

  /** Without its parents, until they are {@link pack packed}. `author`: the same as its author, for all of its messages the same string. */
  constructor(message: KnownMessage, author: IdentityKey) {
    const { clock, id, isBare, kind, sealed } = message
    this.id = id
    this.clock = clock
    this.kind = kind
    this.author = author
    this.bytes = sealed.byteLength
    this.isBare = isBare
  }

  get isVerified(): true {
    return true
  }

  /** Made anew each time. */
  get parents(): MessageId[] {
    const bytes = b4a.from(this.#parents, 'latin1')
    return Array.from({ length: bytes.length / ID_BYTES }, (_, at) => idAt(bytes, at * ID_BYTES))
  }

  /** Takes note of its parents: as long as the message is whole, that has them. */
  pack(parents: readonly MessageId[]): void {
    this.#parents = b4a.toString(b4a.from(parents.join(''), 'hex'), 'latin1')
  }
}
