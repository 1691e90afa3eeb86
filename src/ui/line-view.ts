import { messageOf } from '../base/errors.js'
import type { Names } from '../base/names.js'
import type { Millis } from '../base/time.js'
import { Arrival } from '../room/arrival.js'
import type { RoomUpdate } from '../room/events.js'
import { inOrder } from '../room/order/ordered.js'
import type { Room } from '../room/room.js'
import type { RoomView, ViewEvent, ViewItem, ViewLine } from '../room/view/room-view.js'
import { Comings, type ComingsShown, type CountTexts, countWords } from './comings.js'
import { Imitations } from './imitations.js'
import { JobQueue } from './job-queue.js'
import { eventLine } from './lines.js'
import { markerRow } from './messages/marker-row.js'
import { messageRow } from './messages/message-rows.js'
import { PLAIN, type Style } from './messages/style.js'
import { namesOf } from './names.js'
import { NewsPause } from './news-pause.js'
import { notice } from './notice.js'

/** How lines look. */
export interface Look {
  readonly style: Style
  /** The rows of a line of chat. */
  readonly rows: (line: ViewLine, names: Names, style: Style) => readonly string[]
  /** What is said of a crowd that comes and goes. */
  readonly counts: CountTexts
}

/** Lines that read well aloud, and that programs can read: one row each, and no style. */
const PLAIN_LOOK: Look = {
  style: PLAIN,
  rows: (line, names, style) => [messageRow(line, names, style)],
  counts: countWords
}

/** Where what happens in a room is shown, as lines. */
export interface LineViewParts {
  readonly room: Room
  readonly view: RoomView
  /** Shows a line: safe text, no line feed. */
  readonly print: (line: string) => void
  /** We are in the room, with whom else: the end of a sentence. */
  readonly greet: (text: string) => void
  /** True: what was said before we came, too. */
  readonly history: boolean
  /** False: nothing stands between lines where a day begins, or what we missed. Default true. */
  readonly markers?: boolean
  /** Default: one row for each line, without a style. */
  readonly look?: Look
  /** Which of those who come and go have lines. Default 'folded'. */
  readonly comings?: () => ComingsShown
  /** Hears of every update after it was shown. */
  readonly onshown?: (items: readonly ViewItem[]) => void
}

/**
 * Updates that are shown between two looks at what somebody types: history comes by the thousand, and what one author said
 * once what it waited for is here. Guess: 10 ms.
 */
const SHOWN_AT_ONCE = 100
/** Others whom a greeting names. Guess: a row of a terminal. */
const MAX_NAMES = 5
/** What others do of these is not shown before we know who was here: the greeting says it. */
const COMINGS: ReadonlySet<RoomUpdate['type']> = new Set(['join', 'leave', 'rename'])

/** Shows what happens in a room; gives what ends that. To be called in the turn in which the room was opened. */
export function showLines(parts: LineViewParts): () => void {
  const { comings: shown = () => 'folded', look = PLAIN_LOOK, print, room, view } = parts
  const names = namesOf(room)
  const arrival = new Arrival(room)
  const comings = new Comings(print, shown, look.counts)
  const jobs = new JobQueue(SHOWN_AT_ONCE)
  let isOver = false
  // Who leaves within the half second that this takes is greeted no more.
  const greet = (text: string) => jobs.do(() => isOver || parts.greet(text))
  const knowsAll = greetWhenKnown({ ...parts, greet }, arrival, names)
  const imitations = new Imitations(names, room.identity)
  const hasMarkers = parts.markers !== false
  const showEvent = (item: ViewEvent) =>
    comings.show(item, () =>
      eventLine(item.event, names, Date.now(), arrival.isSettling, item.about)
    )
  const showNews = (event: ViewEvent['event']) => showEvent({ type: 'event', event, quiet: false })
  const subjects = new NewsPause<Extract<RoomUpdate, { type: 'subject' }>>(showNews)
  const cards = new NewsPause<Extract<RoomUpdate, { type: 'card' }>>(showNews)
  const show = (item: ViewItem) => {
    if (item.type === 'event' && item.event.type === 'subject') subjects.take(item.event)
    else if (item.type === 'event' && item.event.type === 'card') cards.take(item.event)
    else if (item.type === 'event') showEvent(item)
    else if (item.type === 'line' || hasMarkers)
      for (const row of rowsOf(item, names, look)) print(row)
  }
  const showUpdate = (update: RoomUpdate, isSaid: boolean, now: Millis) => {
    const items = view.take(update, now)
    const warning = imitations.warningOf(items)
    if (warning !== undefined) print(notice(now, warning))
    if (!isSaid && (parts.history || !isHistory(update))) items.forEach(show)
    parts.onshown?.(items)
  }
  const endOrder = inOrder(room, update => {
    // Others may say something while a room is being left, which is not shown any more.
    if (isOver) return
    const isSaid = !knowsAll() && isComing(update, room)
    const now = Date.now()
    jobs.do(() => showUpdate(update, isSaid, now))
  })
  return () => {
    endOrder()
    isOver = true
    jobs.end()
    comings.end()
    subjects.end()
    cards.end()
  }
}

/** The rows of a line, or of a marker; none of who is ignored. */
function rowsOf(
  item: Exclude<ViewItem, { type: 'event' }>,
  names: Names,
  { rows, style }: Look
): readonly string[] {
  if (item.type !== 'line') return [style.faint(markerRow(item))]
  return item.line.ignored ? [] : rows(item.line, names, style)
}

/** True for what was said before we came. */
function isHistory(update: RoomUpdate): boolean {
  if (update.type === 'message' || update.type === 'direct') return update.message.history
  return 'history' in update && update.history
}

function greetWhenKnown({ greet, print, room }: LineViewParts, arrival: Arrival, names: Names) {
  let knowsAll = false
  arrival.known.then(
    isIn => {
      knowsAll = true
      if (isIn) greet(greeting(room, names))
    },
    thrown => print(`! ${messageOf(thrown)}`)
  )
  return () => knowsAll
}

/** True for what tells of others: of what we are called ourselves the greeting says nothing. */
function isComing(update: RoomUpdate, { identity }: Room): boolean {
  if (update.type === 'rename' && update.identity === identity) return false
  return COMINGS.has(update.type)
}

function greeting(room: Room, names: Names): string {
  const others = room.members().filter(({ identity }) => identity !== room.identity)
  const where = room.access === 'private' ? 'in the private room' : 'in the room'
  if (others.length === 0) return `${where}; nobody else is here yet${advice(room)}`
  const named = others.slice(0, MAX_NAMES).map(member => names.of(member))
  const rest = others.length - named.length
  return `${where} with ${list(rest > 0 ? [...named, `${rest} more`] : named)}`
}

function advice({ access }: Room): string {
  return access === 'password' ? '. Whoever has another password is in another room' : ''
}

function list(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${last}` : last
}
