import type { MessageId, PeerKey } from '../../src/base/ids.js'
import type { Input } from '../../src/protocol/events.js'
import type { Performer } from '../../src/protocol/perform.js'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import type { End } from '../../src/testing/world/performer.js'
import type { SimNode } from './node.js'
import type { Processor } from './processor.js'

/** A member of the simulated room, alive or not. */
export class Member implements End {
  readonly index: number
  readonly device: PeerKey
  readonly x: number
  readonly y: number
  /** What its clock is wrong by, in ms. */
  readonly skew: number
  /** Takes part in the overlay and forwards nothing. */
  blackhole = false
  /** Cannot reach others of its kind. */
  badNat = false
  /** Members of different groups cannot reach each other. */
  group = 0
  /** Counts starts: events of an earlier life are dropped. */
  life = 0
  node: SimNode | undefined
  /** Takes an input to it. Set by the world. */
  feed: (input: Input) => void = () => {}
  /** Does what it wants done, but for keeping messages. Set by the world. */
  performer: Partial<Performer> = {}
  /** Where processor time is scarce: what its inputs wait for. */
  processor: Processor | undefined
  /** Since when it has been running, in virtual ms. */
  since = 0
  /** What a restart with memory starts from. */
  // BOUNDED: by the timeline of its machine, which says what is forgotten.
  readonly stored = new Map<MessageId, VerifiedMessage>()

  constructor(index: number, device: PeerKey, x: number, y: number, skew: number) {
    this.index = index
    this.device = device
    this.x = x
    this.y = y
    this.skew = skew
  }

  get alive(): boolean {
    return this.node !== undefined
  }
}
