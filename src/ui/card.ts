import type { Names } from '../base/names.js'
import { safeText } from '../base/safe-text.js'
import type { RoomCard } from '../protocol/events.js'
import { type CardTexts, isEmptyCard } from '../protocol/wire/bodies/room-card.js'
import type { RoomUpdate } from '../room/events.js'

/** Rows of rules that are shown; whoever wrote more wrote no rules. Guess: a screen. */
const MAX_RULES_ROWS = 24
/** Before each row that a stranger wrote: so none of them looks like a line of ours, or of a chat. */
const MARGIN = '| '

type CardUpdate = Extract<RoomUpdate, { type: 'card' }>

/** The rows of a card; none for one that says nothing. Safe for a terminal whatever strangers wrote. */
export function cardRows({ description, rules, title }: CardTexts): string[] {
  const rulesRows = rules.split(/[\r\n\u0085\u2028\u2029]+/u).filter(row => row.trim() !== '')
  const shown = rulesRows.slice(0, MAX_RULES_ROWS)
  if (shown.length < rulesRows.length) shown.push('…')
  const texts = [title, description].filter(text => text.trim() !== '')
  return [...texts, ...shown].map(row => MARGIN + safeText(row))
}

/** The same, and who put it. */
export function signedCardRows(card: RoomCard, names: Names): string[] {
  return [`The card of this room, as ${authorOf(card, names)} put it:`, ...cardRows(card)]
}

/** What is told of a card; undefined where there is nothing to tell. Likewise. */
export function cardNews(update: CardUpdate, names: Names): string | undefined {
  const isEmpty = isEmptyCard(update)
  if (update.history) return isEmpty ? undefined : 'the room has a card: /card shows it'
  const who = authorOf(update, names)
  return isEmpty ? `${who} took the card away` : `${who} changed the card: /card shows it`
}

function authorOf({ from, nick }: Pick<RoomCard, 'from' | 'nick'>, names: Names): string {
  return names.of({ identity: from, nick })
}
