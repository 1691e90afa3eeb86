import { CIPHER_NONCE_BYTES, type KeyPair } from '../../base/crypto.js'
import type { IdentityKey, Topic } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { TokenBucket } from '../../base/token-bucket.js'
import { MAX_DIRECT_BYTES, sealDirect } from '../access/direct.js'
import type { Author } from '../history/author.js'
import type { KnownAuthors } from '../history/known-authors.js'
import type { DirectMessage, DirectRequest } from '../said.js'
import type { Turn } from '../turn.js'
import { encodeTextBody } from '../wire/bodies/text.js'
import { KIND_DIRECT } from '../wire/kinds.js'
import type { KnownMessage, VerifiedMessage } from '../wire/message.js'
import { DirectReader } from './direct-reader.js'
import { Requests } from './requests.js'
import { DIRECT_RATE } from './tuning.js'
import type { Bearer } from './waiting-requests.js'

/** What words for one member need of the room. */
export interface DirectParts {
  readonly turn: Turn
  readonly author: Author
  readonly authors: Pick<KnownAuthors, 'knownSince'>
  readonly identity: KeyPair
  readonly topic: Topic
  readonly nonce: () => Uint8Array
  /** True: we are a program, and hear strangers as soon as they write. Default false. */
  readonly bot?: boolean | undefined
}

/** A message, and what it says to us alone, or of us to another. */
export interface ReadMessage {
  readonly message: KnownMessage
  readonly direct: DirectMessage | undefined
}

/** Words for one member: written, opened, and those of strangers held back. */
export class Directs {
  readonly #parts: DirectParts
  readonly #requests: Requests
  readonly #reader: DirectReader
  #pace: TokenBucket | undefined

  constructor(parts: DirectParts) {
    this.#parts = parts
    this.#requests = new Requests(parts.turn, parts.bot === true)
    this.#reader = new DirectReader(parts.identity, parts.topic)
  }

  /** A message with these words for somebody; undefined if they are too long, too many come at once, or there is no such key. */
  write(to: IdentityKey, nick: string, text: string): VerifiedMessage | undefined {
    const { author, nonce, turn } = this.#parts
    const line = encodeTextBody({ nick, text })
    const key = this.#reader.keyWith(to)
    if (key === undefined || line.byteLength > MAX_DIRECT_BYTES || text.trim() === '')
      return undefined
    this.#pace ??= new TokenBucket(DIRECT_RATE, turn.now)
    if (!this.#pace.take(turn.now)) return undefined
    this.#reader.meet(to)
    const cipherNonce = Uint8Array.from([...nonce(), ...nonce()].slice(0, CIPHER_NONCE_BYTES))
    return author.write(KIND_DIRECT, sealDirect(line, cipherNonce, key), turn.wall)
  }

  /** Takes note of whoever has said something: our own words may be for them. */
  meet({ author }: Pick<KnownMessage, 'author'>): void {
    this.#reader.meet(author)
  }

  /** The same for all authors of these, in their order. */
  meetAll(messages: readonly Pick<KnownMessage, 'author'>[]): void {
    // BOUNDED: by the messages.
    const lastFirst = new Set<IdentityKey>()
    for (let at = messages.length - 1; at >= 0; at -= 1) {
      const author = messages[at]?.author
      if (author !== undefined) lastFirst.add(author)
    }
    for (const author of [...lastFirst].reverse()) this.#reader.meet(author)
  }

  /** Whoever we have written to is no stranger: to be called for what we had before, in order. */
  restore(message: KnownMessage): void {
    this.meet(message)
    const line = this.#isOurs(message) ? this.#reader.open(message, true) : undefined
    if (line !== undefined) this.#requests.accept(line.to)
  }

  /**
   * Tells of words that are for us, or from us; those of strangers are held back but for one a minute. `bearer`: whose link
   * they came over; undefined: we had them before.
   */
  hear(message: KnownMessage, history: boolean, bearer: Bearer = 'kept'): void {
    const line = this.#reader.open(message, history)
    if (line === undefined) return
    if (this.#isOurs(message)) {
      this.#requests.accept(line.to)
      this.#tell(line)
    } else this.#requests.take(line, { bearer, since: this.#knownSince(line.from) })
  }

  /** Those whose words wait until they are accepted, in the order in which one of each is shown. */
  requests(): DirectRequest[] {
    return this.#requests.list()
  }

  /** Another stranger's turn has come. */
  timer(): void {
    this.#requests.timer()
  }

  #knownSince(author: IdentityKey): Millis {
    return this.#parts.authors.knownSince(author) ?? this.#parts.turn.now
  }

  /** What was said before: words for us, or from us; undefined for those of strangers, and for all others. */
  known(message: KnownMessage): DirectMessage | undefined {
    const line = this.#reader.open(message, true)
    const isKnown = line && (this.#isOurs(message) || this.#requests.isAccepted(line.from))
    return isKnown ? line : undefined
  }

  /**
   * Words of this stranger are shown from now on, those that were held first; or they are neither shown nor counted.
   * Undefined: they are held, as those of any stranger.
   */
  judge(identity: IdentityKey, accept: boolean | undefined): void {
    // We may have written to them, and not have heard of them here.
    if (accept) this.#reader.meet(identity)
    if (accept) this.#requests.accept(identity)
    else if (accept === false) this.#requests.ignore(identity)
    else this.#requests.forget(identity)
  }

  #isOurs({ author }: KnownMessage): boolean {
    return author === this.#parts.author.key
  }

  #tell(message: DirectMessage): void {
    this.#parts.turn.emit({ type: 'direct', message })
  }
}
