import { shortId } from '../../base/ids.js'
import { safeNick } from '../../base/safe-text.js'
import type { Millis } from '../../base/time.js'
import type { Counted } from '../../room/census/tally.js'

/** What is known of a device, the surest first. */
export const STATES = ['verified', 'present', 'gone', 'reachable', 'announced'] as const

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

/** How many of these are in this state. */
export function countOf(peers: readonly Counted[], state: Counted['state']): number {
  return peers.filter(peer => peer.state === state).length
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
