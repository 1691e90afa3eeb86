import type { Names } from '../base/names.js'
import { safeText } from '../base/safe-text.js'
import type { RoomUpdate } from '../room/events.js'
import type { RecentLine } from '../room/view/recent-lines.js'
import { clockTime, notice } from './notice.js'
import { excerpt, quoted } from './quoted.js'

type ChangeUpdate = Extract<RoomUpdate, { type: 'edit' | 'delete' | 'reaction' }>

/** A sign that is an emoji needs no quotation marks; anything else could be read as words of ours. */
const EMOJI = /^[\p{Extended_Pictographic}\p{Emoji_Component}\p{RI}]+$/u

/** What a person is shown for it. `line`: what is changed, if it is remembered. Safe for a terminal whatever strangers wrote. */
export function changeLine(change: ChangeUpdate, names: Names, line?: RecentLine): string {
  const who = authorOf(change, names, line)
  switch (change.type) {
    case 'edit':
      return notice(change.time, `${who} edited ${lineMeant(line)}: ${quoted(change.text)}`)
    case 'delete':
      return notice(change.time, `${who} deleted ${lineMeant(line)}`)
    case 'reaction': {
      const sign = signShown(change.emoji)
      const done = change.removed ? `took ${sign} back from` : `put ${sign} to`
      const whose = line && names.of({ identity: line.from, nick: line.nick })
      const what = line ? `${whose}: ${excerpt(line.text)}` : 'a message'
      return notice(change.time, `${who} ${done} ${what}`)
    }
  }
}

/** What stands behind the name of who answers a line, which need not be here. Safe for a terminal. */
export function answering(line: RecentLine | undefined, names: Names): string {
  if (line === undefined) return ', in reply'
  return `, to ${names.of({ identity: line.from, nick: line.nick })} "${excerpt(line.text)}"`
}

// Read aloud, nothing stands where it could be seen.
function lineMeant(line: RecentLine | undefined): string {
  return line === undefined ? 'a message' : `what they said at ${clockTime(line.time)}`
}

function authorOf(change: ChangeUpdate, names: Names, line: RecentLine | undefined): string {
  const { from } = change
  if (change.type === 'edit') return names.of({ identity: from, nick: change.nick })
  const own = line?.from === from ? names.of({ identity: from, nick: line.nick }) : undefined
  return own ?? names.ofKey(from)
}

function signShown(emoji: string): string {
  const shown = safeText(emoji)
  return EMOJI.test(shown) ? shown : `"${shown}"`
}
