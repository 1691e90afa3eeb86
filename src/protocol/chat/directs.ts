import { CIPHER_NONCE_BYTES, type KeyPair } from '../../base/crypto.js'
import { type IdentityKey, idToBytes, shortId, type Topic } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import { TokenBucket } from '../../base/token-bucket.js'
import { directKey, MAX_DIRECT_BYTES, openDirect, sealDirect } from '../access/direct.js'
import type { Author } from '../history/author.js'
import type { DirectMessage } from '../said.js'
import type { Turn } from '../turn.js'
import { decodeTextBody, encodeTextBody } from '../wire/bodies/text.js'
import { KIND_DIRECT } from '../wire/kinds.js'
import type { KnownMessage, VerifiedMessage } from '../wire/message.js'
import { Requests } from './requests.js'
import { DIRECT_RATE, MAX_CORRESPONDENTS } from './tuning.js'

/** What words for one member need of the room. */
export interface DirectParts {
  readonly turn: Turn
  readonly author: Author
  readonly identity: KeyPair
  readonly topic: Topic
  readonly nonce: () => Uint8Array
}

/** Words for one member: written, opened, and those of strangers held back. */
export class Directs {
  readonly #parts: DirectParts
  readonly #requests: Requests
  // BOUNDED: MAX_CORRESPONDENTS. Null: a public key that is none.
  readonly #keys = new Recent<IdentityKey, Uint8Array | null>(MAX_CORRESPONDENTS)
  // BOUNDED: MAX_CORRESPONDENTS; who was heard of last comes last.
  readonly #heard = new Recent<IdentityKey, true>(MAX_CORRESPONDENTS)
  #pace: TokenBucket | undefined

  constructor(parts: DirectParts) {
    this.#parts = parts
    this.#requests = new Requests(parts.turn)
  }

  /** A message with these words for somebody; undefined if they are too long, too many come at once, or there is no such key. */
  write(to: IdentityKey, nick: string, text: string): VerifiedMessage | undefined {
    const { author, nonce, turn } = this.#parts
    const line = encodeTextBody({ nick, text })
    const key = this.#keyWith(to)
    if (key === undefined || line.byteLength > MAX_DIRECT_BYTES || text.trim() === '')
      return undefined
    this.#pace ??= new TokenBucket(DIRECT_RATE, turn.now)
    if (!this.#pace.take(turn.now)) return undefined
    this.#note(to)
    const cipherNonce = Uint8Array.from([...nonce(), ...nonce()].slice(0, CIPHER_NONCE_BYTES))
    return author.write(KIND_DIRECT, sealDirect(line, cipherNonce, key), turn.wall)
  }

  /** Takes note of whoever has said something: our own words may be for them. */
  meet({ author }: Pick<KnownMessage, 'author'>): void {
    if (author !== this.#parts.author.key) this.#note(author)
  }

  /** Whoever we have written to is no stranger: to be called for what we had before, in order. */
  restore(message: KnownMessage): void {
    this.meet(message)
    const line = this.#isOurs(message) ? this.open(message, true) : undefined
    if (line !== undefined) this.#requests.accept(line.to)
  }

  /** Tells of words that are for us, or from us; those of strangers are held back but for one a minute. */
  hear(message: KnownMessage, history: boolean): void {
    const line = this.open(message, history)
    if (line === undefined) return
    if (this.#isOurs(message)) {
      this.#requests.accept(line.to)
      this.#tell(line)
    } else this.#requests.take(line)
  }

  /** Words of this stranger are shown from now on, those that were held first; or they are neither shown nor counted. */
  judge(identity: IdentityKey, accept: boolean): void {
    if (accept) this.#requests.accept(identity)
    else this.#requests.ignore(identity)
  }

  /** What this message says to us, or said in our name; undefined for what is no such thing, or for others. */
  open(message: KnownMessage, history: boolean): DirectMessage | undefined {
    const { author, body, clock, id, kind } = message
    if (kind !== KIND_DIRECT || body === undefined) return undefined
    const ours = this.#isOurs(message)
    for (const other of ours ? this.#lastHeardFirst() : [author]) {
      const line = this.#openWith(other, body)
      if (line === undefined) continue
      const to = ours ? other : this.#parts.author.key
      const nick = line.nick === '' ? shortId(author) : line.nick
      return { id, from: author, to, nick, text: line.text, time: clock, history, isRequest: false }
    }
    return undefined
  }

  #openWith(other: IdentityKey, body: Uint8Array) {
    const key = this.#keyWith(other)
    const line = key && openDirect(body, key)
    return line && decodeTextBody(line)
  }

  #isOurs({ author }: KnownMessage): boolean {
    return author === this.#parts.author.key
  }

  #tell(message: DirectMessage): void {
    this.#parts.turn.emit({ type: 'direct', message })
  }

  // The same for both, and for the other's messages: made once, so that looking at a message costs its opening alone.
  #keyWith(other: IdentityKey): Uint8Array | undefined {
    const known = this.#keys.get(other)
    if (known !== undefined) return known ?? undefined
    const { identity, topic } = this.#parts
    const key = directKey(identity, idToBytes(other), topic)
    this.#keys.set(other, key ?? null)
    return key
  }

  #note(other: IdentityKey): void {
    this.#heard.delete(other)
    this.#heard.set(other, true)
  }

  #lastHeardFirst(): IdentityKey[] {
    return [...this.#heard.entries()].map(([other]) => other).reverse()
  }
}
