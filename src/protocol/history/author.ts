import type { KeyPair } from '../../base/crypto.js'
import { type IdentityKey, idFromBytes, type Topic } from '../../base/ids.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import { MAX_CLOCK_AHEAD_MILLIS, MAX_OWN_CLOCK_LEAD_MILLIS } from '../config.js'
import { NONCE_BYTES, seal, type VerifiedMessage } from '../wire/message.js'
import type { Timeline } from './timeline.js'

/** What our messages are made with. */
export interface AuthorOptions {
  readonly identity: KeyPair
  readonly topic: Topic
  readonly timeline: Timeline
  readonly random: Random
}

/** Ourselves as an author: signs messages that come after everything we have seen. */
export class Author {
  /** Our identity. */
  readonly key: IdentityKey
  readonly #options: AuthorOptions
  /** What our latest message is dated with. */
  #latest: Millis = 0

  constructor(options: AuthorOptions) {
    this.#options = options
    this.key = idFromBytes(options.identity.publicKey)
  }

  /**
   * A new message of ours; it names the newest heads as its parents, but none of those whose clocks
   * are so far ahead that nobody else can have them.
   */
  write(kind: number, body: Uint8Array, wall: Millis): VerifiedMessage {
    const { identity, timeline, topic } = this.#options
    const clock = timeline.tick(wall)
    this.#latest = clock
    const parents = timeline.heads().filter(id => !this.#isAhead(timeline.get(id), wall))
    return seal({ kind, clock, parents, body, nonce: this.#nonce() }, identity, topic)
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

  #isAhead(message: VerifiedMessage | undefined, wall: Millis): boolean {
    return message !== undefined && message.clock > wall + MAX_CLOCK_AHEAD_MILLIS
  }

  #nonce(): Uint8Array {
    return Uint8Array.from({ length: NONCE_BYTES }, () => Math.floor(this.#options.random() * 256))
  }
}
