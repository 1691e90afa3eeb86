import type { Gossip } from '../broadcast/gossip.js'
import type { Chat } from '../chat/chat.js'
import type { Directs } from '../chat/directs.js'
import type { Timer } from '../events.js'
import type { Sync } from '../history/reconcile/sync.js'
import type { Verifier } from '../history/verifier.js'
import type { Links } from '../links/links.js'
import type { Peers } from '../membership/peers.js'
import type { Presence } from '../presence/presence.js'

/** Those who set timers. */
export interface TimerOwners {
  readonly links: Links
  readonly presence: Presence
  readonly sync: Sync
  readonly verifier: Verifier
  readonly gossip: Gossip
  readonly chat: Chat
  readonly directs: Directs
  readonly peers: Peers
}

/** A timer is over: whoever has set it hears of it. The one place that knows whose timers are called what. */
export function fire(owners: TimerOwners, timer: Timer): void {
  const { chat, directs, gossip, links, peers, presence, sync, verifier } = owners
  switch (timer.name) {
    case 'hello':
    case 'ping':
    case 'redial':
      links.timer(timer)
      break
    case 'presence':
    case 'expire':
    case 'suspicion-over':
    case 'suspect':
      presence.timer(timer)
      break
    case 'reconcile':
    case 'reconcile-soon':
    case 'serve':
      sync.timer(timer)
      break
    case 'verify':
      // What was asked for and had to wait for its signature goes out.
      if (verifier.timer(timer)) sync.sendOn()
      break
    case 'graft':
    case 'lazy-flush':
    case 'mesh-check':
      gossip.feed({ type: 'timer', timer })
      break
    case 'receipts':
      chat.receipts.timer()
      break
    case 'requests':
      directs.timer()
      break
    default:
      peers.timer(timer)
  }
}
