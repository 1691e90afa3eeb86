import type { Gossip } from '../broadcast/gossip.js'
import type { Timer } from '../events.js'
import type { Sync } from '../history/sync.js'
import type { Links } from '../links/links.js'
import type { Peers } from '../membership/peers.js'
import type { Presence } from '../presence/presence.js'

/** Those who set timers. */
export interface TimerOwners {
  readonly links: Links
  readonly presence: Presence
  readonly sync: Sync
  readonly gossip: Gossip
  readonly peers: Peers
}

/** A timer is over: whoever has set it hears of it. */
export function fire({ gossip, links, peers, presence, sync }: TimerOwners, timer: Timer): void {
  switch (timer.name) {
    case 'hello':
      links.helloTimeout(timer.peer, timer.link)
      break
    case 'ping':
      links.heartbeat(timer.peer, timer.link)
      break
    case 'redial':
      links.redial(timer.peer)
      break
    case 'presence':
      presence.due(timer.round)
      break
    case 'expire':
      presence.look()
      break
    case 'suspicion-over':
      presence.expire()
      break
    case 'suspect':
      presence.accuse(timer.suspect)
      break
    case 'reconcile':
      sync.periodic()
      break
    case 'reconcile-soon':
      sync.soon()
      break
    case 'graft':
    case 'lazy-flush':
      gossip.feed({ type: 'timer', timer })
      break
    default:
      peers.timer(timer)
  }
}
