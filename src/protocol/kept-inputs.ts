import type { MessageId } from '../base/ids.js'
import type { ShelvedMessages } from './history/message-table.js'
import type { CheckedMessage, KnownMessage } from './wire/message.js'

/** What happens to what a room has, other than by its members. */
export type KeptInput =
  /**
   * What we had in this room before, in order; verified already. It is history. `shelved`: of these the store has the
   * bytes; they come before `messages`. `isUntold`: the owner has not been shown it in this run, and is shown the newest of
   * it when the room starts; authors that were first heard here long ago are no newcomers then. A table says when that was
   * (`heardAt`); of all others the date of their oldest message is taken, their own word. Default false.
   */
  | {
      readonly type: 'restore'
      readonly messages: readonly KnownMessage[]
      readonly shelved?: ShelvedMessages
      readonly isUntold?: boolean
    }
  /** The store has lost these: they are asked for again. */
  | { readonly type: 'lost'; readonly ids: readonly MessageId[] }
  /** Messages of a transcript, in order; verified already. What is new of them is stored, and told as history. */
  | { readonly type: 'merge'; readonly messages: readonly CheckedMessage[] }
  /** All that is here is to be deleted, but for those that stay; it is not asked for again. */
  | { readonly type: 'forget-all'; readonly stays?: ReadonlySet<MessageId> }
