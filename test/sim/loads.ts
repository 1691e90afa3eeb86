import type { Broadcast } from '../../src/protocol/broadcast/broadcast.js'
import {
  ACTIVE_MAX,
  DIALS_MAX,
  FAILED_MAX,
  IHAVE_MAX,
  LINKS_MAX,
  MISSING_MAX,
  PASSIVE_MAX
} from '../../src/protocol/config.js'
import type { Membership } from '../../src/protocol/membership/membership.js'
import type { Load } from './node.js'

export function membershipLoads(membership: Membership): Load[] {
  const { dials, failed, links, passive, routes } = membership.load
  return [
    { name: 'active', size: membership.active.size, max: ACTIVE_MAX },
    { name: 'links', size: links, max: LINKS_MAX },
    { name: 'dials', size: dials, max: DIALS_MAX },
    { name: 'passive', size: passive, max: PASSIVE_MAX },
    { name: 'failed', size: failed, max: FAILED_MAX },
    { name: 'shuffle routes', size: routes, max: LINKS_MAX }
  ]
}

export function broadcastLoads(broadcast: Broadcast, seenMax: number): Load[] {
  const { missing, queued, seen } = broadcast.load
  return [
    { name: 'seen', size: seen, max: seenMax },
    { name: 'missing', size: missing, max: MISSING_MAX },
    { name: 'announcements', size: queued, max: ACTIVE_MAX * IHAVE_MAX }
  ]
}
