import type { KeyPair } from '../../base/crypto.js'
import type { IdentityKey, Topic } from '../../base/ids.js'
import type { DirectMessage } from '../said.js'
import type { KnownMessage } from '../wire/message.js'
import { DirectReader } from './direct-reader.js'

/**
 * Words for one member among these messages, in their order: those for this identity, and its own for whoever has said something
 * here, or is one of `others`.
 */
export function directsAmong(
  messages: readonly KnownMessage[],
  identity: KeyPair,
  topic: Topic,
  others: readonly IdentityKey[] = []
): DirectMessage[] {
  return new KeptDirects(identity, topic, others).among(messages)
}

/** The same, of messages that are read some by some. */
export class KeptDirects {
  readonly #reader: DirectReader
  /** Whom it has written to is no stranger. */
  // BOUNDED: by the messages.
  readonly #known = new Set<IdentityKey>()

  constructor(identity: KeyPair, topic: Topic, others: readonly IdentityKey[] = []) {
    this.#reader = new DirectReader(identity, topic)
    this.#known.add(this.#reader.own)
    for (const other of others) this.#reader.meet(other)
  }

  among(messages: readonly KnownMessage[]): DirectMessage[] {
    const reader = this.#reader
    for (const { author } of messages) reader.meet(author)
    const directs = messages.flatMap(message => reader.open(message, true) ?? [])
    for (const { from, to } of directs) if (from === reader.own) this.#known.add(to)
    return directs.map(direct => ({ ...direct, isRequest: !this.#known.has(direct.from) }))
  }
}
