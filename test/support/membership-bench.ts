import type { PeerKey } from '../../src/base/ids.js'
import type { MembershipInput, MembershipOutput } from '../../src/protocol/events.js'
import { Membership } from '../../src/protocol/membership/membership.js'
import { MEMBERSHIP_TUNING, type MembershipTuning } from '../../src/protocol/membership/tuning.js'
import type { MembershipFrame } from '../../src/protocol/wire/frames.js'
import { seededRandom } from '../../src/testing/world/random.js'
import { idOf } from './peers.js'

export const SELF = idOf('self')
export const peers = Array.from({ length: 40 }, (_, at) => idOf(at))

/** A membership machine whose links, frames and time are the test's. */
export class Bench {
  readonly membership: Membership
  now = 1_000

  constructor(tuning: Partial<MembershipTuning> = {}, seed = 1) {
    this.membership = new Membership(SELF, seededRandom(seed), tuning)
  }

  feed(input: MembershipInput): MembershipOutput[] {
    return this.membership.handle(input, this.now)
  }

  frame(from: PeerKey, frame: MembershipFrame): MembershipOutput[] {
    return this.feed({ type: 'frame', from, frame })
  }

  /** They dial us and ask for a place. */
  asked(peer: PeerKey, priority: 'low' | 'high' = 'low'): MembershipOutput[] {
    this.feed({ type: 'link-up', peer, initiator: false })
    return this.frame(peer, { type: 'neighbor', priority })
  }

  /** So many neighbours that dialled us. */
  fill(count = MEMBERSHIP_TUNING.activeMax): void {
    for (const peer of peers.slice(0, count)) this.asked(peer)
  }
}

export function dialled(outputs: readonly MembershipOutput[]): PeerKey[] {
  return outputs.flatMap(output => (output.type === 'dial' ? [output.peer] : []))
}

export function sent(outputs: readonly MembershipOutput[], to?: PeerKey): MembershipFrame[] {
  return outputs.flatMap(output =>
    output.type === 'send' && (to === undefined || output.to === to) ? [output.frame] : []
  )
}

export function closed(outputs: readonly MembershipOutput[]): PeerKey[] {
  return outputs.flatMap(output => (output.type === 'close' ? [output.peer] : []))
}

export function at(index: number): PeerKey {
  return peers[index] as PeerKey
}
