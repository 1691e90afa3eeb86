import type { PeerKey } from '../../base/ids.js'
import type { Random } from '../../base/random.js'
import type {
  BroadcastInput,
  Input,
  MembershipInput,
  MembershipOutput,
  MembershipTimer
} from '../events.js'
import type { Link } from '../links/link.js'
import type { End, Links } from '../links/links.js'
import type { PeerStates } from '../presence/peer-states.js'
import type { Roster } from '../presence/roster.js'
import type { Turn } from '../turn.js'
import type { MembershipFrame } from '../wire/frames.js'
import type { Membership } from './membership.js'
import { ObserverDials } from './observer-dials.js'

/** What choosing peers needs of the room. */
export interface PeersParts {
  readonly random: Random
  readonly turn: Turn
  readonly links: Links
  readonly membership: Membership
  readonly peerStates: PeerStates
  readonly roster: Roster
  /** Our own device key. */
  readonly device: PeerKey
  readonly observer: boolean
  /** Where neighbours come and go. */
  readonly onneighbor: (input: BroadcastInput) => void
}

/** Whom to dial and whose links to keep: membership decides for members, and an observer reaches for everybody. */
export class Peers {
  readonly #parts: PeersParts
  readonly #observerDials: ObserverDials | undefined
  #isTimed = false
  // BOUNDED: what one input leads to.
  readonly #inputs: MembershipInput[] = []

  constructor(parts: PeersParts) {
    this.#parts = parts
    this.#observerDials = parts.observer ? new ObserverDials(parts.random) : undefined
  }

  /** Peers that a lookup named. Ourselves, and who was closed for cause not long ago, are left out. */
  candidates(peers: readonly PeerKey[]): void {
    const { device, links, roster, peerStates, turn } = this.#parts
    const others = peers.filter(peer => peer !== device && !links.isPenalised(peer))
    for (const peer of others) turn.emit(...peerStates.note(peer, { state: 'announced' }))
    if (this.#observerDials !== undefined) {
      this.#observe(this.#observerDials.candidates(others, turn.now))
      return
    }
    const strangers = others.filter(peer => !roster.has(peer))
    this.feed({ type: 'candidates', peers: others, strangers })
  }

  connected(input: Extract<Input, { type: 'connected' }>): void {
    const { device, links, peerStates, turn } = this.#parts
    const { peer } = input
    if (peer === device) {
      turn.push({ type: 'close', peer, reason: 'not-needed' })
      return
    }
    turn.emit(...peerStates.note(peer, { state: 'reachable' }))
    this.#observerDials?.connected(peer)
    links.open(input)
  }

  linkUp({ address, identity, initiator, observer, peer }: Link): void {
    if (observer || identity === undefined) return
    const { peerStates, turn } = this.#parts
    turn.emit(peerStates.proved(peer, identity))
    if (this.#observerDials !== undefined) return
    this.feed({ type: 'link-up', peer, initiator, identity, address })
  }

  linkDown(link: Link, end: End): void {
    this.#parts.peerStates.lower(link.peer)
    if (this.#observerDials === undefined && link.isMember) {
      this.feed({ type: 'link-down', peer: link.peer })
    } else if (link.initiator) this.unreached(link.peer, end === 'lost')
  }

  /** A dial came to nothing. `answered`: a stream opened, and broke before its link was up. */
  unreached(peer: PeerKey, answered = false): void {
    const { now } = this.#parts.turn
    if (this.#observerDials !== undefined) this.#observe(this.#observerDials.done(peer, now))
    else this.feed({ type: 'dial-failed', peer, answered })
  }

  timer(timer: MembershipTimer): void {
    if (this.#observerDials === undefined) {
      this.feed({ type: 'timer', timer })
      return
    }
    this.#isTimed = false
    this.#observe(this.#observerDials.next(this.#parts.turn.now))
  }

  /** An observer that has heard who this is gives its place to the next, where one waits. */
  heardFrom(peer: PeerKey): void {
    const link = this.#observerDials?.hasMore ? this.#parts.links.get(peer) : undefined
    if (link !== undefined) this.#parts.links.close(link, 'not-needed')
  }

  /** A peer has answered what we opened an exchange of history with. */
  compared(peer: PeerKey): void {
    if (this.#observerDials === undefined) this.feed({ type: 'compared', peer })
  }

  /** A peer had a message that ought to have reached us long ago. */
  lacked(peer: PeerKey): void {
    if (this.#observerDials === undefined) this.feed({ type: 'lacked', peer })
  }

  frame(from: PeerKey, frame: MembershipFrame): void {
    if (this.#observerDials === undefined) this.feed({ type: 'frame', from, frame })
  }

  /** Hands something to the membership machine and performs what it wants; what that leads to comes after it. */
  feed(input: MembershipInput): void {
    const { membership, turn } = this.#parts
    this.#inputs.push(input)
    if (this.#inputs.length > 1) return
    for (let next = this.#inputs[0]; next !== undefined; next = this.#inputs[0]) {
      for (const output of membership.handle(next, turn.now)) this.#perform(output)
      this.#inputs.shift()
    }
  }

  #perform(output: MembershipOutput): void {
    const { links, onneighbor, turn } = this.#parts
    switch (output.type) {
      case 'send':
        links.sendTo(output.to, output.frame)
        break
      case 'dial':
        links.isPenalised(output.peer) ? this.unreached(output.peer) : this.#dial([output.peer])
        break
      case 'close':
        links.closePeer(output.peer, output.reason)
        break
      case 'lookup':
      case 'timer':
        turn.push(output)
        break
      default:
        onneighbor(output)
    }
  }

  #dial(peers: readonly PeerKey[]): void {
    for (const peer of peers) this.#parts.turn.push({ type: 'dial', peer })
  }

  #observe(peers: readonly PeerKey[]): void {
    this.#dial(peers)
    if (this.#isTimed || this.#observerDials?.hasMore !== true) return
    this.#isTimed = true
    this.#parts.turn.timer(ObserverDials.placeMillis, { name: 'dial-late' })
  }
}
