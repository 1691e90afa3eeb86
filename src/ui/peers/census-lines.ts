import type { Millis } from '../../base/time.js'
import type { Census } from '../../room/census/census.js'
import type { Counted } from '../../room/census/tally.js'
import type { RoomAccess } from '../../room/keys.js'
import { graphLines } from './graph-lines.js'
import { bySureness, countOf, nameOf, STATES, standingOf } from './peer-lines.js'

/** What a room is called, by who can come in. */
const ROOM_OF = {
  public: 'room',
  password: 'room of this password',
  private: 'private room'
} as const

/** A peer per line, the surest first, who is linked to whom, and lines that sum up; an empty room is one line. `now`: ms since 1970. */
export function censusLines(census: Census, now: Millis, access: RoomAccess = 'public'): string[] {
  if (census.peers.length === 0) return [emptyLine(access)]
  const peers = bySureness(census.peers)
  return [...peers.map(peer => peerLine(peer, now)), ...graphLines(census), ...summary(census)]
}

/** What is said of a room in which nobody was found. */
export function emptyLine(access: RoomAccess): string {
  return `Nobody is in the ${ROOM_OF[access]}.`
}

/** How many there are of everything. Who is here and who is announced are two things: anybody can announce any number of keys. */
export function summary({ announced, estimate, members, peers }: Census): string[] {
  const parts = STATES.flatMap(state => {
    const count = countOf(peers, state)
    return count === 0 ? [] : [`${count} ${state}`]
  })
  const isEnough = estimate === undefined || estimate <= announced
  const about = isEnough ? '' : `, about ${estimate}`
  return [
    `${members} ${members === 1 ? 'member' : 'members'} here; ${peers.length} found: ${parts.join(', ')}`,
    `announced: ${announced} seen${about}`
  ]
}

function peerLine(peer: Counted, now: Millis): string {
  return `${nameOf(peer)}  ${standingOf(peer, now)}`
}
