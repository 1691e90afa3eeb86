import { jsonLine } from '../../ndjson/codec.js'
import type { Census } from '../../room/census/census.js'
import type { Counted } from '../../room/census/tally.js'
import { countOf, STATES } from './peer-lines.js'

/** A census for programs: exact nicks, null where nothing is known; a line for each peer and each link, and one that sums up. */
export function censusJson(census: Census): string {
  const links = (census.links ?? []).map(link => jsonLine({ type: 'link', ...link }))
  return [...census.peers.map(peerJson), ...links, summaryJson(census)].join('')
}

/** A device as a line. */
export function peerJson(peer: Counted): string {
  const { device, identity = null, nick = null, state, unreachable } = peer
  const { announcedAt = null, heardAt = null, provenAt = null, reachedAt = null } = peer
  const times = { announcedAt, reachedAt, provenAt, heardAt, recordedAt: peer.recordedAt ?? null }
  return jsonLine({ type: 'peer', identity, device, nick, state, ...times, unreachable })
}

/** How many there are of everything, as a line. */
export function summaryJson({ announced, estimate, members, peers }: Census): string {
  const states = Object.fromEntries(STATES.map(state => [state, countOf(peers, state)]))
  const counts = { count: peers.length, members, states, announced }
  return jsonLine({ type: 'summary', ...counts, estimate: estimate ?? null })
}
