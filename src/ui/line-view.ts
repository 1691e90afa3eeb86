import { messageOf } from '../base/errors.js'
import type { Names } from '../base/names.js'
import { Arrival } from '../room/arrival.js'
import type { RoomUpdate } from '../room/events.js'
import type { Room } from '../room/room.js'
import { Comings } from './comings.js'
import { eventLine } from './lines.js'
import { namesOf } from './names.js'
import { inOrder } from './order/ordered.js'
import { spokenIn } from './spoken.js'

/** Where what happens in a room is shown, as lines. */
export interface LineViewParts {
  readonly room: Room
  /** Shows a line: safe text, no line feed. */
  readonly print: (line: string) => void
  /** We are in the room, with whom else: the end of a sentence. */
  readonly greet: (text: string) => void
  /** True: what was said before we came, too. */
  readonly history: boolean
}

/** Others whom a greeting names. Guess: a row of a terminal. */
const MAX_NAMES = 5
/** What others do of these is not shown before we know who was here: the greeting says it. */
const COMINGS: ReadonlySet<RoomUpdate['type']> = new Set(['join', 'leave', 'rename'])

/** Shows what happens in a room; gives what ends that. To be called in the turn in which the room was opened. */
export function showLines({ greet, history, print, room }: LineViewParts): () => void {
  const names = namesOf(room)
  const arrival = new Arrival(room)
  const comings = new Comings(print)
  const spoken = spokenIn(room)
  let knowsAll = false
  arrival.known.then(
    isIn => {
      knowsAll = true
      if (isIn) greet(greeting(room, names))
    },
    thrown => print(`! ${messageOf(thrown)}`)
  )
  return inOrder(room, update => {
    if (!knowsAll && isComing(update, room)) return
    const line = () => eventLine(update, names, Date.now(), arrival.isSettling, spoken)
    if (history || !isHistory(update)) comings.show(update, line)
    spoken.take(update)
  })
}

/** True for what was said before we came. */
function isHistory(update: RoomUpdate): boolean {
  if (update.type === 'message') return update.message.history
  return 'history' in update && update.history
}

/** True for what tells of others: of what we are called ourselves the greeting says nothing. */
function isComing(update: RoomUpdate, { identity }: Room): boolean {
  if (update.type === 'rename' && update.identity === identity) return false
  return COMINGS.has(update.type)
}

function greeting(room: Room, names: Names): string {
  const others = room.members().filter(({ identity }) => identity !== room.identity)
  if (others.length === 0) return 'in the room; nobody else is here yet'
  const named = others.slice(0, MAX_NAMES).map(member => names.of(member))
  const rest = others.length - named.length
  return `in the room with ${list(rest > 0 ? [...named, `${rest} more`] : named)}`
}

function list(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${last}` : last
}
