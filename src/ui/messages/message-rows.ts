import type { Names } from '../../base/names.js'
import { safeText } from '../../base/safe-text.js'
import type { ViewLine } from '../../room/view/room-view.js'
import { clockTime } from '../lines.js'
import { markedUp, markedUpRows } from './marked-up.js'
import type { Style } from './style.js'

/** Rows of one message; what is beyond stands in the last one. Guess: a screen. */
const MAX_ROWS = 50
/** What begins every further row of a message: nobody can write a row that looks like a line of somebody else. */
const GUTTER = '      | '
const LINE_BREAKS = /\r\n|[\n\r\u2028\u2029]/g

/** A line of chat as one row, whatever it holds: for readers of lines. Safe for a terminal. */
export function messageRow(line: ViewLine, names: Names, style: Style): string {
  return `${heading(line, names, style)}${markedUp(safeText(line.text), style)}`
}

/** A line of chat as one row for each of its own. Safe for a terminal. */
export function messageRows(line: ViewLine, names: Names, style: Style): string[] {
  const [first = '', ...rest] = markedUpRows(rowsOf(line.text), style)
  return [`${heading(line, names, style)}${first}`, ...rest.map(row => style.faint(GUTTER) + row)]
}

function heading({ action, mention, message }: ViewLine, names: Names, style: Style): string {
  const { from, nick, time } = message
  const name = names.of({ identity: from, nick })
  const styled = mention ? style.mention(name) : style.name(name, from)
  const at = style.faint(clockTime(time))
  return action ? `${at} ~ ${styled} ` : `${at} ${styled}: `
}

function rowsOf(text: string): string[] {
  const rows = text.split(LINE_BREAKS)
  if (rows.length <= MAX_ROWS) return rows.map(safeText)
  const rest = rows.slice(MAX_ROWS - 1).join('\n')
  return [...rows.slice(0, MAX_ROWS - 1), rest].map(safeText)
}
