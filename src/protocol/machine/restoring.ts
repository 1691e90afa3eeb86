import type { IdentityKey, MessageId } from '../../base/ids.js'
import { isMarkKind } from '../chat/said.js'
import { MAX_TOLD_MESSAGES, MAX_TRACKED_MESSAGES } from '../chat/tuning.js'
import type { Input } from '../events.js'
import { type ClockFault, faultOf as clockFaultIn, type Dates } from '../history/keep-limits.js'
import { MessageTable, type ShelvedMessages } from '../history/message-table.js'
import type { MessageNode, ShelvedMessage } from '../history/shelf.js'
import { KIND_DIRECT, KIND_TEXT, traitsOf } from '../wire/kinds.js'
import type { CheckedMessage, KnownMessage } from '../wire/message.js'
import { restoredAuthors } from './restored-authors.js'
import type { RoomParts } from './room-parts.js'

type Parts = Pick<
  RoomParts,
  | 'author'
  | 'authors'
  | 'chat'
  | 'directs'
  | 'gossip'
  | 'invitations'
  | 'timeline'
  | 'turn'
  | 'verifier'
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
  const newest = [lastOf(shelved), messages.at(-1)].filter(last => last !== undefined)
  if (isUntold && newest.every(last => isOld(parts, last))) return
  const { authors, turn } = parts
  if (isUntold) authors.restore(restoredAuthors(messages, shelved, turn.wall), turn.now)
  restoreShelved(parts, shelved, isUntold)
  for (const message of messages) restore(parts, message, isUntold)
}

/** The store has lost these: they count as never seen, so that they may come again. */
export function lose({ gossip, timeline, turn }: Parts, ids: readonly MessageId[]): void {
  timeline.lose(ids, turn.now)
  for (const id of ids) gossip.lost(id)
}

/**
 * Takes checked messages of a transcript. None that was here and is not any more, that its date keeps out, or whose author has
 * forged something; and none without its body, unless its author has taken it back.
 */
export function mergeAll(parts: Parts, messages: readonly CheckedMessage[]): void {
  const { chat, gossip, timeline, verifier } = parts
  for (const message of messages) {
    const isOut = timeline.knows(message.id) || faultOf(parts, message) !== undefined
    if (isOut || verifier.refuses(message.author)) continue
    if (!message.isBare || chat.takenBack.has(message)) gossip.merge(message)
  }
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

function restoreShelved(parts: Parts, all: ShelvedMessages, isUntold: boolean): void {
  if (all instanceof MessageTable && adoptTable(parts, all, isUntold)) return
  const { chat, directs, timeline, turn } = parts
  const messages = [...all]
  const isGood = (message: ShelvedMessage) => !isUntold || faultOf(parts, message) === undefined
  const { kept, refused } = timeline.shelve(messages.filter(isGood), turn.now)
  directs.meetAll(kept)
  for (const message of kept) {
    chat.restoreShelved(message, isUntold)
    noteInvitation(parts, message)
  }
  if (!isUntold) return
  const old = messages.filter(message => faultOf(parts, message) === 'old')
  for (const message of [...old, ...refused]) turn.push({ type: 'forget', message })
}

// The usual case, when a room opens: the same, but of most messages nothing is made.
function adoptTable(parts: Parts, table: MessageTable, isUntold: boolean): boolean {
  const { directs, timeline, turn } = parts
  const faultAt = isUntold ? faultsIn(parts, table) : () => undefined
  const rows = table.order.filter(row => faultAt(row) === undefined)
  if (!timeline.adopt(table, rows, turn.now)) return false
  directs.meetAll(newestOfEach(table, rows))
  noteRows(parts, table, rows, isUntold)
  if (rows.length === table.length) return true
  for (const row of table.order)
    if (faultAt(row) === 'old') turn.push({ type: 'forget', message: table.message(row) })
  return true
}

/** Why each row would be refused now: nothing is made for one, as there are very many. */
function faultsIn({ timeline, turn }: Parts, table: MessageTable) {
  // BOUNDED: by the kinds, 256.
  const byKind = new Map<number, Dates>()
  return (row: number): ClockFault | undefined => {
    const kind = table.kind(row)
    const dates = byKind.get(kind) ?? timeline.dates(kind, turn.wall)
    byKind.set(kind, dates)
    return clockFaultIn(table.clock(row), dates)
  }
}

function noteRows(parts: Parts, table: MessageTable, rows: Uint32Array, isUntold: boolean): void {
  const shownFrom = isUntold ? rows.length - MAX_TOLD_MESSAGES : rows.length
  const receivedFrom = trackedFrom(table, rows, parts.author.key)
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] as number
    if (at < shownFrom && at < receivedFrom && !isNotedAlways(table.kind(row))) continue
    const message = table.message(row)
    parts.chat.restoreShelved(message, at >= shownFrom)
    noteInvitation(parts, message)
  }
}

/** Where the oldest of our messages is whose receivers are counted: of what is before it none is a receipt. */
function trackedFrom(table: MessageTable, rows: Uint32Array, self: IdentityKey): number {
  const own = table.authors.indexOf(self)
  let left = MAX_TRACKED_MESSAGES
  let from = rows.length
  for (let at = rows.length - 1; at >= 0 && left > 0; at -= 1) {
    if (table.authorAt(rows[at] as number) !== own) continue
    from = at
    left -= 1
  }
  return from
}

function isNotedAlways(kind: number): boolean {
  return isMarkKind(kind) || kind === KIND_DIRECT || traitsOf(kind).lasting
}

/** The newest message of each author, in order. */
function newestOfEach(table: MessageTable, rows: Uint32Array): { author: IdentityKey }[] {
  const newest = new Map<number, number>()
  for (let at = 0; at < rows.length; at += 1) newest.set(table.authorAt(rows[at] as number), at)
  const inOrder = [...newest].sort(([, a], [, b]) => a - b)
  return inOrder.map(([author]) => ({ author: table.authors[author] as IdentityKey }))
}

// Of the others only the index is read.
function noteInvitation({ invitations, timeline }: Parts, { id, kind }: ShelvedMessage): void {
  const whole = traitsOf(kind).lasting ? timeline.get(id) : undefined
  if (whole !== undefined) invitations.add(whole)
}

function lastOf(shelved: ShelvedMessages): ShelvedMessage | undefined {
  if (!(shelved instanceof MessageTable)) return shelved.at(-1)
  const row = shelved.order.at(-1)
  return row === undefined ? undefined : shelved.message(row)
}

// By the date alone: what lasts is no sign of a clock that is right.
function isOld({ timeline, turn }: Parts, { clock }: MessageNode): boolean {
  return timeline.fault({ clock, kind: KIND_TEXT }, turn.wall) === 'old'
}

function faultOf({ timeline, turn }: Parts, message: Pick<MessageNode, 'clock' | 'kind'>) {
  return timeline.fault(message, turn.wall)
}
