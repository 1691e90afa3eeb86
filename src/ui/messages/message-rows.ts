import type { Names } from '../../base/names.js'
import { safeText } from '../../base/safe-text.js'
import type { ViewLine } from '../../room/view/room-view.js'
import { answering } from '../changes.js'
import { clockTime } from '../notice.js'
import { markedUp, markedUpRows } from './marked-up.js'
import type { Style } from './style.js'

/** Rows of one message; what is beyond stands in the last one. Guess: a screen. */
const MAX_ROWS = 50
/** What begins every further row of a message: nobody can write a row that looks like a line of somebody else. */
const GUTTER = '      | '
const LINE_BREAKS = /\r\n|[\n\r\u2028\u2029]/g

/** A line of chat as one row, whatever it holds: for readers of lines. Safe for a terminal. */
export function messageRow(line: ViewLine, names: Names, style: Style): string {
  const text = markedUp(safeText(line.text), style)
  return `${heading(line, names, style)}${text}${edited(line)}`
}

/** A line of chat as one row for each of its own. Safe for a terminal. */
export function messageRows(line: ViewLine, names: Names, style: Style): string[] {
  const rows = rowsOf(line.text)
  const [first = '', ...rest] = markedUpRows(rows, style)
  const all = [heading(line, names, style) + first, ...rest.map(row => style.faint(GUTTER) + row)]
  return all.map((row, at) => (at === all.length - 1 ? row + edited(line) : row))
}

function heading(
  { action, answers, mention, message }: ViewLine,
  names: Names,
  style: Style
): string {
  const { from, nick, replyTo, time } = message
  const answered = replyTo === undefined ? '' : style.faint(answering(answers, names))
  const name = names.of({ identity: from, nick })
  const styled = mention ? style.mention(name) : style.name(name, from)
  const at = style.faint(clockTime(time))
  return action ? `${at} ~ ${styled}${answered} ` : `${at} ${styled}${answered}: `
}

function edited({ message }: ViewLine): string {
  return message.edited === undefined ? '' : ' (edited)'
}

function rowsOf(text: string): string[] {
  const rows = text.split(LINE_BREAKS)
  if (rows.length <= MAX_ROWS) return rows.map(safeText)
  const rest = rows.slice(MAX_ROWS - 1).join('\n')
  return [...rows.slice(0, MAX_ROWS - 1), rest].map(safeText)
}
