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
  const reader = new DirectReader(identity, topic)
  for (const other of others) reader.meet(other)
  for (const { author } of messages) reader.meet(author)
  const directs = messages.flatMap(message => reader.open(message, true) ?? [])
  const own = directs.filter(({ from }) => from === reader.own)
  // Whom it has written to is no stranger.
  const known = new Set<IdentityKey>([reader.own, ...own.map(({ to }) => to)])
  return directs.map(direct => ({ ...direct, isRequest: !known.has(direct.from) }))
}
