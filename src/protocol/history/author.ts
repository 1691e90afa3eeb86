import type { KeyPair } from '../../base/crypto.js'
import { type IdentityKey, idFromBytes, type MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_CLOCK_AHEAD_MILLIS, MAX_PARENTS } from '../config.js'
import { isEphemeral, KIND_PRESENCE } from '../wire/kinds.js'
import { type MessageRoom, seal, type VerifiedMessage } from '../wire/message.js'
import type { MessageNode } from './shelf.js'
import type { Timeline } from './timeline.js'
import { MAX_OWN_CLOCK_LEAD_MILLIS, USUAL_PARENTS } from './tuning.js'

/** What our messages are made with. */
export interface AuthorOptions {
  readonly identity: KeyPair
  readonly room: MessageRoom
  readonly timeline: Timeline
  /** 16 bytes of the system's generator, new ones each time. */
  readonly nonce: () => Uint8Array
}

/** Ourselves as an author: signs messages that come after everything we have seen. */
export class Author {
  /** Our identity. */
  readonly key: IdentityKey
  readonly #options: AuthorOptions
  /** What our latest message is dated with. */
  #latest: Millis = 0
  /** The newest stored message of our identity that we know of: the next one vouches for it. */
  #previous: MessageNode | undefined

  constructor(options: AuthorOptions) {
    this.#options = options
    this.key = idFromBytes(options.identity.publicKey)
  }

  /**
   * A new message of ours. Its parents are our previous message, and heads, their authors in turn, four
   * in all, but none of those whose clocks are so far ahead that nobody else can have them.
   */
  write(kind: number, body: Uint8Array, wall: Millis): VerifiedMessage {
    const { identity, nonce, room, timeline } = this.#options
    const clock = timeline.tick(wall)
    this.#latest = clock
    const parents = this.#parents(kind, wall)
    const message = seal({ kind, clock, parents, body, nonce: nonce() }, identity, room)
    this.note(message)
    return message
  }

  /** Takes note of a message of our identity: of this device, an earlier run of it, or another one. */
  note(message: MessageNode): void {
    if (message.author !== this.key || isEphemeral(message.kind)) return
    if (message.clock > (this.#previous?.clock ?? 0)) this.#previous = message
  }

  // A suspicion tells of somebody else: it takes no author's turn.
  #parents(kind: number, wall: Millis): MessageId[] {
    const { timeline } = this.#options
    const previous = this.#previous
    if (kind === KIND_PRESENCE) return timeline.nameHeads(MAX_PARENTS, this.key, wall)
    if (isEphemeral(kind))
      return timeline.heads().filter(id => !this.#isAhead(timeline.node(id), wall))
    if (previous === undefined || this.#isAhead(previous, wall))
      return timeline.nameHeads(USUAL_PARENTS, this.key, wall)
    const heads = timeline.nameHeads(USUAL_PARENTS - 1, this.key, wall)
    return [...new Set([previous.id, ...heads])]
  }

  /**
   * By how much the system's clock was set back since our latest message, if it was: that is dated
   * so far ahead of it that our clock is not continued. Said once; 0 otherwise.
   */
  takeSetBack(wall: Millis): Millis {
    const lead = this.#latest - wall
    if (lead <= MAX_OWN_CLOCK_LEAD_MILLIS) return 0
    this.#latest = 0
    return lead
  }

  #isAhead(message: MessageNode | undefined, wall: Millis): boolean {
    return message !== undefined && message.clock > wall + MAX_CLOCK_AHEAD_MILLIS
  }
}
