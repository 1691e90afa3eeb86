import { type IdentityKey, shortId } from '../../base/ids.js'
import type { Member } from '../../protocol/presence/roster.js'
import type { Reach } from '../../room/reach/report.js'
import { namesOf } from '../names.js'
import { clockTime } from '../notice.js'
import { reachOf } from '../reached.js'
import type { Talk } from './command.js'
import { rowsOf } from './rows.js'

/** Members that the table names; a crowd is counted. Guess: two screens. */
const MAX_ROWS = 50

const PATHS: Readonly<Record<Reach, string>> = {
  loopback: 'direct',
  lan: 'direct',
  direct: 'direct',
  relayed: 'relayed',
  members: 'over others',
  unreachable: 'unreachable',
  untried: 'over others'
}
/** The answer to `/who`: a table of nick, key, what they are, how they are reached, and since when they are here. */
export function whoRows({ habits, room, view }: Talk): string[] {
  const members = room.members()
  const names = namesOf(room)
  const reaches = reachOf(room.peers())
  const rows = members.slice(0, MAX_ROWS).map(member => {
    const { bot, identity } = member
    const since = view.people.sinceOf(identity)
    return [
      names.of(member),
      shortId(identity),
      stateOf(member, room.identity, habits.contacts.isIgnored(identity)),
      identity === room.identity ? '' : PATHS[reaches.get(identity) ?? 'members'],
      since === undefined || bot ? '' : `since ${clockTime(since)}`
    ]
  })
  const rest = members.length - rows.length
  const more = rest === 0 ? [] : [`and ${rest.toLocaleString('en')} more`]
  return [`${members.length.toLocaleString('en')} in the room:`, ...rowsOf(rows), ...more]
}

function stateOf({ bot, identity }: Member, self: IdentityKey, isIgnored: boolean): string {
  if (identity === self) return 'you'
  if (isIgnored) return 'ignored'
  return bot ? 'bot' : ''
}
