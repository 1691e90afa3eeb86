import { shortId } from '../../base/ids.js'
import { namesOf } from '../names.js'
import { clockTime } from '../notice.js'
import type { Talk } from './command.js'
import { rowsOf } from './rows.js'

/** People that the table names; the others are counted. Guess: a screen. */
const MAX_ROWS = 20

/** The answer to `/requests`: whose private messages wait, those who will be shown first at the top. */
export function requestRows({ habits, room }: Talk): string[] {
  const all = room.requests().filter(({ identity }) => !habits.contacts.isIgnored(identity))
  if (all.length === 0) return ['No private message of a stranger waits.']
  const names = namesOf(room)
  const rows = all.slice(0, MAX_ROWS).map(({ count, identity, nick, time }) => {
    const messages = count === 1 ? '1 message' : `${count} messages`
    return [names.of({ identity, nick }), shortId(identity), messages, `from ${clockTime(time)}`]
  })
  const rest = all.length - rows.length
  const more = rest === 0 ? [] : [`and ${rest} more`]
  const end = '/accept <peer> shows what somebody wrote, /ignore <peer> hides it.'
  return [
    'Whom you have not written to, and who wrote to you alone:',
    ...rowsOf(rows),
    ...more,
    end
  ]
}
