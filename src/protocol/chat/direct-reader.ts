import type { KeyPair } from '../../base/crypto.js'
import { type IdentityKey, idFromBytes, idToBytes, shortId, type Topic } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import { directKey, openDirect } from '../access/direct.js'
import type { DirectMessage } from '../said.js'
import { decodeTextBody } from '../wire/bodies/text.js'
import { KIND_DIRECT } from '../wire/kinds.js'
import type { KnownMessage } from '../wire/message.js'
import { MAX_CORRESPONDENTS } from './tuning.js'

/** Opens words for one member: those for us, and our own. */
export class DirectReader {
  readonly #identity: KeyPair
  readonly #topic: Topic
  /** Who we are. */
  readonly own: IdentityKey
  // BOUNDED: MAX_CORRESPONDENTS. Null: a public key that is none.
  readonly #keys = new Recent<IdentityKey, Uint8Array | null>(MAX_CORRESPONDENTS)
  // BOUNDED: MAX_CORRESPONDENTS; who was heard of last comes last.
  readonly #heard = new Recent<IdentityKey, true>(MAX_CORRESPONDENTS)

  constructor(identity: KeyPair, topic: Topic) {
    this.#identity = identity
    this.#topic = topic
    this.own = idFromBytes(identity.publicKey)
  }

  /** Takes note of somebody: our own words may be for them. */
  meet(other: IdentityKey): void {
    if (other === this.own) return
    this.#heard.delete(other)
    this.#heard.set(other, true)
  }

  /**
   * The key that we have with somebody; undefined for a public key that is none. The same for both, and for the other's
   * messages: made once, so that looking at a message costs a few microseconds.
   */
  keyWith(other: IdentityKey): Uint8Array | undefined {
    const known = this.#keys.get(other)
    if (known !== undefined) return known ?? undefined
    const key = directKey(this.#identity, idToBytes(other), this.#topic)
    this.#keys.set(other, key ?? null)
    return key
  }

  /** What this message says to us, or said in our name to somebody whom we have met; undefined for all others. */
  open(message: KnownMessage, history: boolean): DirectMessage | undefined {
    const { author, body, clock, id, kind } = message
    if (kind !== KIND_DIRECT || body === undefined) return undefined
    const isOurs = author === this.own
    for (const other of isOurs ? this.#lastHeardFirst() : [author]) {
      const line = this.#openWith(other, body)
      if (line === undefined) continue
      const to = isOurs ? other : this.own
      const nick = line.nick === '' ? shortId(author) : line.nick
      return { id, from: author, to, nick, text: line.text, time: clock, history, isRequest: false }
    }
    return undefined
  }

  #openWith(other: IdentityKey, body: Uint8Array) {
    const key = this.keyWith(other)
    const line = key && openDirect(body, key)
    return line && decodeTextBody(line)
  }

  #lastHeardFirst(): IdentityKey[] {
    return [...this.#heard.entries()].map(([other]) => other).reverse()
  }
}
