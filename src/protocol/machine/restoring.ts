import type { MessageId } from '../../base/ids.js'
import type { Input } from '../events.js'
import type { MessageNode, ShelvedMessage } from '../history/shelf.js'
import { KIND_TEXT, traitsOf } from '../wire/kinds.js'
import type { KnownMessage } from '../wire/message.js'
import type { RoomParts } from './room-parts.js'

type Parts = Pick<
  RoomParts,
  'chat' | 'directs' | 'gossip' | 'invitations' | 'timeline' | 'turn' | 'verifier'
>
type Restored = Pick<Extract<Input, { type: 'restore' }>, 'messages' | 'shelved'>

/**
 * Takes messages that we had in this room before. `isUntold`: people have not seen them in this program. If all is too old,
 * it may be the clock that is wrong: it is left where it is, and so is what is dated ahead.
 */
export function restoreAll(
  parts: Parts,
  { messages, shelved = [] }: Restored,
  isUntold: boolean
): void {
  const newest = [shelved.at(-1), messages.at(-1)].filter(last => last !== undefined)
  if (isUntold && newest.every(last => isOld(parts, last))) return
  restoreShelved(parts, shelved, isUntold)
  for (const message of messages) restore(parts, message, isUntold)
}

/** The store has lost these: they count as never seen, so that they may come again. */
export function lose({ gossip, timeline, turn }: Parts, ids: readonly MessageId[]): void {
  timeline.lose(ids, turn.now)
  for (const id of ids) gossip.lost(id)
}

function restore(parts: Parts, message: KnownMessage, isUntold: boolean): void {
  const { chat, invitations, timeline, turn, verifier } = parts
  const fault = isUntold ? faultOf(parts, message) : undefined
  if (fault === 'ahead') return
  const kept = fault === undefined && timeline.add(message, turn.now).kept
  if (kept && !message.isVerified) verifier.keep(message)
  if (kept) {
    chat.restore(message, isUntold)
    invitations.add(message)
  } else if (isUntold && message.isVerified) turn.push({ type: 'forget', message })
}

function restoreShelved(parts: Parts, all: readonly ShelvedMessage[], isUntold: boolean): void {
  const { chat, directs, timeline, turn } = parts
  const isGood = (message: ShelvedMessage) => !isUntold || faultOf(parts, message) === undefined
  const { kept, refused } = timeline.shelve(all.filter(isGood), turn.now)
  directs.meetAll(kept)
  for (const message of kept) {
    chat.restoreShelved(message, isUntold)
    noteInvitation(parts, message)
  }
  if (!isUntold) return
  const old = all.filter(message => faultOf(parts, message) === 'old')
  for (const message of [...old, ...refused]) turn.push({ type: 'forget', message })
}

// Of the others only the index is read.
function noteInvitation({ invitations, timeline }: Parts, { id, kind }: ShelvedMessage): void {
  const whole = traitsOf(kind).lasting ? timeline.get(id) : undefined
  if (whole !== undefined) invitations.add(whole)
}

// By the date alone: what lasts is no sign of a clock that is right.
function isOld({ timeline, turn }: Parts, { clock }: MessageNode): boolean {
  return timeline.fault({ clock, kind: KIND_TEXT }, turn.wall) === 'old'
}

function faultOf({ timeline, turn }: Parts, message: MessageNode) {
  return timeline.fault(message, turn.wall)
}
