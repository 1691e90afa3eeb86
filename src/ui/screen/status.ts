import { safeText } from '../../base/safe-text.js'
import type { RoomAccess } from '../../room/keys.js'
import type { Delivery } from '../../room/view/deliveries.js'
import type { Progress } from '../../room/view/room-view.js'
import type { Reached } from '../reached.js'
import { shortSubject } from '../subject.js'
import { cutTo, widthOf } from '../width.js'

const SEPARATOR = ' | '

/** So many who are writing are named. Guess: what there is room for. */
const MAX_NAMED_WRITERS = 2

/** Rooms beyond it have no key. */
const MAX_DIGIT = 9

/** A network as a status tells of it. */
export interface NetworkState {
  readonly name: string
  readonly state: string
}

/** A room that is not shown now. */
export interface OtherRoom {
  /** Alt with this digit shows it, up to 9. */
  readonly number: number
  readonly name: string
  readonly unread: { readonly lines: number; readonly mentions: number }
}

/** What a status tells of. */
export interface StatusFacts {
  readonly room: string
  /** Who can come in. Default: all who know its name. */
  readonly access?: RoomAccess
  /** Something that the person is to know now. */
  readonly hint: string
  /** What the room is about. */
  readonly subject?: string | undefined
  /** Who is writing: names for a terminal. */
  readonly writers?: readonly string[] | undefined
  readonly here: number
  readonly isReady: boolean
  /** Undefined while no history comes in. */
  readonly catchingUp: Progress | undefined
  /** Lines of ours that nobody is known to have. */
  readonly waiting: number
  readonly delivery: Delivery | undefined
  readonly others: readonly OtherRoom[]
  readonly reached: Reached
  readonly networks: readonly NetworkState[]
}

/** How a room is, as one row of so many columns: what matters most comes first, and what there is no place for is left out. Safe for a terminal. */
export function statusText(facts: StatusFacts, columns: number): string {
  let text = ''
  for (const part of partsOf(facts)) {
    const longer = text === '' ? part : `${text}${SEPARATOR}${part}`
    if (widthOf(longer) > columns) return text === '' ? cutTo(part, columns) : text
    text = longer
  }
  return text
}

/** The same, all of it, to be read aloud. */
export function statusWords(facts: StatusFacts): string {
  return partsOf(facts).join(', ')
}

function partsOf(facts: StatusFacts): string[] {
  const { access = 'public', hint, others, room, subject, writers = [] } = facts
  const byNews = [...others].sort((a, b) => newsIn(b) - newsIn(a))
  const isForYou = ({ unread }: OtherRoom) => unread.mentions > 0
  return [
    access === 'public' ? safeText(room) : `${safeText(room)} (${access})`,
    safeText(hint),
    ...byNews.filter(isForYou).map(otherText),
    stateOf(facts),
    writingText(writers),
    waitingOf(facts),
    ...byNews.filter(other => !isForYou(other)).map(otherText),
    shortSubject(subject),
    reachText(facts),
    networksText(facts)
  ].filter(part => part !== '')
}

function stateOf({ catchingUp, here, isReady, networks }: StatusFacts): string {
  if (networks.length > 0 && networks.every(({ state }) => state === 'offline')) return 'offline'
  if (!isReady) return 'looking for others'
  return `${number(here)} here${progressText(catchingUp)}`
}

function progressText(progress: Progress | undefined): string {
  if (progress === undefined) return ''
  const { have, total } = progress
  return have < total ? `, catching up: ${number(have)} of ${number(total)}` : ', catching up'
}

function writingText(writers: readonly string[]): string {
  const { length: count } = writers
  if (count === 0) return ''
  if (count > MAX_NAMED_WRITERS) return `${number(count)} are writing`
  return `${writers.join(' and ')} ${count === 1 ? 'is' : 'are'} writing`
}

function waitingOf({ delivery, waiting }: StatusFacts): string {
  if (waiting > 0) return `${number(waiting)} waiting`
  return delivery === undefined ? '' : `sent ${number(delivery.have)}/${number(delivery.members)}`
}

// There may be no place for all of them.
function newsIn({ unread }: OtherRoom): number {
  return Math.sign(unread.lines)
}

function otherText({ name, number: digit, unread }: OtherRoom): string {
  // A digit alone would look like a count.
  const room = digit > MAX_DIGIT ? safeText(name) : `Alt-${digit} ${safeText(name)}`
  if (unread.lines === 0) return room
  const forYou = unread.mentions === 0 ? '' : ` (${number(unread.mentions)} for you)`
  return `${room}: ${number(unread.lines)}${forYou}`
}

function reachText({ reached }: StatusFacts): string {
  return (['direct', 'relayed', 'unreachable'] as const)
    .filter(way => reached[way] > 0)
    .map(way => `${number(reached[way])} ${way}`)
    .join(', ')
}

function networksText({ networks }: StatusFacts): string {
  return networks
    .filter(({ state }) => state === 'online')
    .map(({ name }) => name)
    .join(', ')
}

function number(count: number): string {
  return count.toLocaleString('en')
}
