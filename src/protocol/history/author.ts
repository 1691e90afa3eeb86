import type { KeyPair } from '../../base/crypto.js'
import { type IdentityKey, idFromBytes, type Topic } from '../../base/ids.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
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

  constructor(options: AuthorOptions) {
    this.#options = options
    this.key = idFromBytes(options.identity.publicKey)
  }

  /** A new message of ours; it names the newest heads as its parents. */
  write(kind: number, body: Uint8Array, now: Millis): VerifiedMessage {
    const { identity, timeline, topic } = this.#options
    const clock = timeline.tick(now)
    const draft = { kind, clock, parents: timeline.heads(), body, nonce: this.#nonce() }
    return seal(draft, identity, topic)
  }

  #nonce(): Uint8Array {
    return Uint8Array.from({ length: NONCE_BYTES }, () => Math.floor(this.#options.random() * 256))
  }
}
