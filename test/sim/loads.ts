import type { Broadcast } from '../../src/protocol/broadcast/broadcast.js'
import { MESH_CHECKED_MAX } from '../../src/protocol/broadcast/tuning.js'
import { IHAVE_MAX, MISSING_MAX } from '../../src/protocol/config.js'
import type { Membership } from '../../src/protocol/membership/membership.js'
import { MEMBERSHIP_TUNING } from '../../src/protocol/membership/tuning.js'
import type { Load } from './node.js'

const { activeMax, announcedMax, dialsKeptMax, failedMax, linksMax, passiveMax } = MEMBERSHIP_TUNING

export function membershipLoads(membership: Membership): Load[] {
  const { announced, dials, failed, links, passive, routes } = membership.load
  return [
    { name: 'active', size: membership.active.size, max: activeMax },
    { name: 'links', size: links, max: linksMax },
    { name: 'dials', size: dials, max: dialsKeptMax },
    { name: 'announced', size: announced, max: announcedMax },
    { name: 'passive', size: passive, max: passiveMax },
    { name: 'failed', size: failed, max: failedMax },
    { name: 'shuffle routes', size: routes, max: linksMax }
  ]
}

export function broadcastLoads(broadcast: Broadcast, seenMax: number): Load[] {
  const { checked, missing, queued, seen } = broadcast.load
  return [
    { name: 'seen', size: seen, max: seenMax },
    { name: 'missing', size: missing, max: MISSING_MAX },
    { name: 'checked', size: checked, max: MESH_CHECKED_MAX },
    { name: 'announcements', size: queued, max: activeMax * IHAVE_MAX }
  ]
}
