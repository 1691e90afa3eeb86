import type { MessageId } from '../../../base/ids.js'
import type { Frame } from '../../wire/frames.js'
import type { BareMessage, CheckedMessage, VerifiedMessage } from '../../wire/message.js'

/** A message of history as it is sent. */
export interface Parcel {
  readonly frames: readonly Frame[]
  /** Of the messages in them. */
  readonly bytes: number
}

const EMPTY: Parcel = { frames: [], bytes: 0 }

/**
 * Packs the messages of one batch. What has left its body behind follows the deletion that says so: whoever has none yet
 * could not take it.
 */
export class Packer {
  readonly #deletionOf: (message: BareMessage) => VerifiedMessage | undefined
  // BOUNDED: by the batch: the deletions that are in it.
  readonly #deletions = new Set<MessageId>()

  /** `deletionOf`: the deletion by which a message was taken back. */
  constructor(deletionOf: (message: BareMessage) => VerifiedMessage | undefined) {
    this.#deletionOf = deletionOf
  }

  /** The next message of the batch. */
  pack(message: CheckedMessage): Parcel {
    const { sealed } = message
    if (message.isBare) return this.#packBare(message)
    return { frames: [{ type: 'stored', sealed }], bytes: sealed.byteLength }
  }

  #packBare(message: BareMessage): Parcel {
    const deletion = this.#deletionOf(message)
    if (deletion === undefined) return EMPTY
    const { byteLength } = message.sealed
    const bare = { type: 'bare', bare: message.sealed } as const
    if (this.#deletions.has(deletion.id)) return { frames: [bare], bytes: byteLength }
    this.#deletions.add(deletion.id)
    const { sealed } = deletion
    return { frames: [{ type: 'stored', sealed }, bare], bytes: byteLength + sealed.byteLength }
  }
}
