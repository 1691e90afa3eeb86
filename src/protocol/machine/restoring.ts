import type { MessageId } from '../../base/ids.js'
import type { Input } from '../events.js'
import type { MessageNode, ShelvedMessage } from '../history/shelf.js'
import type { KnownMessage } from '../wire/message.js'
import type { RoomParts } from './room-parts.js'

type Restored = Pick<Extract<Input, { type: 'restore' }>, 'messages' | 'shelved'>

/** Takes what was there before. */
// If all is too old, it may be the clock that is wrong: it is left where it is, and so is what is dated ahead.
export function restoreAll(
  parts: RoomParts,
  { messages, shelved = [] }: Restored,
  isUntold: boolean
): void {
  const newest = [shelved.at(-1), messages.at(-1)].filter(last => last !== undefined)
  if (isUntold && newest.every(last => faultOf(parts, last) === 'old')) return
  for (const message of shelved) restoreShelved(parts, message, isUntold)
  for (const message of messages) restore(parts, message, isUntold)
}

function faultOf({ timeline, turn }: RoomParts, message: MessageNode) {
  return timeline.fault(message, turn.wall)
}

function restore(parts: RoomParts, message: KnownMessage, isUntold: boolean): void {
  const { chat, timeline, turn, verifier } = parts
  const fault = isUntold ? faultOf(parts, message) : undefined
  if (fault === 'ahead') return
  const kept = fault === undefined && timeline.add(message, turn.now).kept
  if (kept && !message.isVerified) verifier.keep(message)
  if (kept) chat.restore(message, isUntold)
  else if (isUntold && message.isVerified) turn.push({ type: 'forget', message })
}

function restoreShelved(parts: RoomParts, message: ShelvedMessage, isUntold: boolean): void {
  const { chat, timeline, turn } = parts
  const fault = isUntold ? faultOf(parts, message) : undefined
  if (fault === 'ahead') return
  const kept = fault === undefined && timeline.shelve(message, turn.now).kept
  if (kept) chat.restoreShelved(message, isUntold)
  else if (isUntold) turn.push({ type: 'forget', message })
}

/** The store has these no longer. They may come again: they count as never seen. */
export function lose({ gossip, timeline, turn }: RoomParts, ids: readonly MessageId[]): void {
  timeline.lose(ids, turn.now)
  for (const id of ids) gossip.lost(id)
}
