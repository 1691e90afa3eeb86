import type { Names } from '../base/names.js'
import { safeText } from '../base/safe-text.js'
import type { ChatMessage } from '../protocol/events.js'
import { actionIn } from '../room/view/action.js'
import { day } from './kept.js'
import { clockTime } from './notice.js'

/** What Markdown and HTML take for more than itself. */
const SPECIAL = /[\\`*_{}[\]()#+\-.!|<>~&:@^$=]/g

/** Lines of chat as Markdown: a heading for each day, a paragraph for each line. No stranger's text is markup. */
export function* markdownLines(lines: Iterable<ChatMessage>, names: Names): Generator<string> {
  let last = ''
  for (const { from, nick, text, time } of lines) {
    const today = day(time)
    if (today !== last) yield `## ${today}\n`
    last = today
    const who = escaped(names.of({ identity: from, nick }))
    const action = actionIn(text)
    const said = action === undefined ? `**${who}**: ` : `\\~ **${who}** `
    yield `${clockTime(time)} ${said}${escaped(safeText(action ?? text))}\n`
  }
}

function escaped(text: string): string {
  return text.replace(SPECIAL, '\\$&')
}
