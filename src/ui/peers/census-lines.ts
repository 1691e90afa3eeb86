import { shortId } from '../../base/ids.js'
import { safeNick } from '../../base/safe-text.js'
import type { Millis } from '../../base/time.js'
import type { Census } from '../../room/census.js'
import type { Counted } from '../../room/tally.js'
import { graphLines } from './graph-lines.js'

/** What is known of a device, the surest first. */
export const STATES = ['verified', 'present', 'gone', 'reachable', 'announced'] as const

/** A peer per line, the surest first, who is linked to whom, and lines that sum up; an empty room is one line. `now`: ms since 1970. */
export function censusLines(census: Census, now: Millis, hasPassword = false): string[] {
  if (census.peers.length === 0) return [emptyLine(hasPassword)]
  const peers = bySureness(census.peers)
  return [...peers.map(peer => peerLine(peer, now)), ...graphLines(census), ...summary(census)]
}

/** What is said of a room in which nobody was found. */
export function emptyLine(hasPassword: boolean): string {
  return `Nobody is in the room${hasPassword ? ' of this password' : ''}.`
}

/** The surest first; of those that are equally sure in the order in which they came. */
export function bySureness(peers: readonly Counted[]): Counted[] {
  return STATES.flatMap(state => peers.filter(peer => peer.state === state))
}

/** Who a device is, as one text that is safe for a terminal. */
export function nameOf({ device, identity, nick }: Counted): string {
  return `${nick === undefined ? '?' : safeNick(nick)}  ${shortId(identity ?? device)}`
}

/** What is known of a device: its state, when it was last heard, and whether it answers. */
export function standingOf(peer: Counted, now: Millis): string {
  return `${peer.state}${detail(peer, now)}`
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

/** How many of these are in this state. */
export function countOf(peers: readonly Counted[], state: Counted['state']): number {
  return peers.filter(peer => peer.state === state).length
}

function peerLine(peer: Counted, now: Millis): string {
  return `${nameOf(peer)}  ${standingOf(peer, now)}`
}

function detail({ heardAt, provenAt, state, unreachable }: Counted, now: Millis): string {
  const last = Math.max(heardAt ?? 0, provenAt ?? 0)
  const isTold = (state === 'present' || state === 'gone') && last > 0
  const heard = isTold ? `, last heard ${ago(now - last)}` : ''
  return unreachable && state !== 'verified' ? `${heard}, does not answer` : heard
}

function ago(millis: Millis): string {
  const seconds = Math.max(0, Math.round(millis / 1000))
  return seconds < 120 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`
}
