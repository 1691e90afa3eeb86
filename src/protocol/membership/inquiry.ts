import type { PeerKey } from '../../base/ids.js'
import { sample } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import { Recent } from '../../base/recent.js'
import { MAX_KNOWN_PEERS, MAX_PEERS_PER_FRAME } from '../config.js'
import type { Inquired } from '../events.js'
import type { Link } from '../links/link.js'
import type { Links } from '../links/links.js'
import type { Sign } from '../presence/device.js'
import type { Presence } from '../presence/presence.js'
import type { Roster } from '../presence/roster.js'
import type { Turn } from '../turn.js'
import type { InquireFrame, InquiryFrame } from '../wire/frames.js'
import type { MessageRoom } from '../wire/message.js'
import { DepartedReader } from './departed-reader.js'
import { MAX_ASKED_FOR_DEPARTED, MAX_DEPARTED_TOLD } from './tuning.js'

/** What questions and answers need of the room. */
export interface InquiryParts {
  readonly turn: Turn
  readonly room: MessageRoom
  readonly links: Links
  readonly presence: Presence
  readonly roster: Roster
  readonly random: Random
  /** Whoever only observes has nothing to tell. */
  readonly observer: boolean
  /** Our own. */
  readonly neighbors: () => Iterable<PeerKey>
}

/** The neighbours of a device, as it says itself. */
export interface Neighborhood {
  readonly device: PeerKey
  readonly neighbors: readonly PeerKey[]
}

/** What members told when they were asked. */
export interface Told {
  /** When each device that they say is gone without a word was last heard, in its own signed words. At most 1,024. */
  departed(): Sign[]
  /** The neighbours of those who have told them. At most 4,096. */
  neighborhoods(): Neighborhood[]
}

/** Who is gone, and who is linked to whom: members tell it only when they are asked, and only inside the room. */
export class Inquiry implements Told {
  readonly #parts: InquiryParts
  readonly #reader: DepartedReader
  #wanted: Inquired = { departed: false, neighbors: false }
  // BOUNDED: MAX_ASKED_FOR_DEPARTED links; of each what MAX_DEPARTED_TOLD frames tell.
  readonly #departed = new Map<PeerKey, Sign[]>()
  // BOUNDED: MAX_KNOWN_PEERS, the oldest goes first: who was asked and has not answered; what others said last, MAX_PEERS_PER_FRAME each.
  readonly #awaited = new Recent<PeerKey, true>(MAX_KNOWN_PEERS)
  readonly #neighbors = new Recent<PeerKey, readonly PeerKey[]>(MAX_KNOWN_PEERS)

  constructor(parts: InquiryParts) {
    this.#parts = parts
    this.#reader = new DepartedReader(parts.room)
  }

  /** Asks those who are linked, and from now on also those who come to be. Who was said to be gone before is forgotten. */
  ask(wanted: Inquired): void {
    const { links, random } = this.#parts
    this.#wanted = wanted
    this.#departed.clear()
    const members = links.up().filter(({ isMember }) => isMember)
    const asked = wanted.departed ? sample(members, MAX_ASKED_FOR_DEPARTED, random) : []
    for (const { peer } of asked) this.#departed.set(peer, [])
    for (const link of members) this.#send(link)
  }

  linkUp(link: Link): void {
    const hasPlace = this.#departed.size < MAX_ASKED_FOR_DEPARTED
    if (this.#wanted.departed && hasPlace && link.isMember) this.#departed.set(link.peer, [])
    if (link.isMember) this.#send(link)
  }

  /** True while a peer was asked for its neighbours and has not told. */
  isAwaiting(peer: PeerKey): boolean {
    return this.#awaited.has(peer)
  }

  /** Somebody asks us, or answers. */
  frame(link: Link, frame: InquiryFrame): void {
    if (frame.type === 'inquire') this.#answer(link, frame)
    else if (frame.type === 'departed') this.#heardOfDeparted(link.peer, frame.sealed)
    else if (this.#awaited.delete(link.peer)) this.#neighbors.set(link.peer, frame.peers)
  }

  departed(): Sign[] {
    const { roster } = this.#parts
    const latest = new Map<PeerKey, Sign>()
    for (const signs of this.#departed.values())
      for (const sign of signs) {
        const isLater = sign.at > (latest.get(sign.device)?.at ?? 0)
        if (isLater && roster.isOwner(sign.identity, sign.device)) latest.set(sign.device, sign)
      }
    return [...latest.values()]
  }

  neighborhoods(): Neighborhood[] {
    return [...this.#neighbors.entries()].map(([device, neighbors]) => ({ device, neighbors }))
  }

  #send(link: Link): void {
    const departed = this.#departed.has(link.peer)
    const { neighbors } = this.#wanted
    if (neighbors) this.#awaited.set(link.peer, true)
    if (departed || neighbors)
      this.#parts.links.send(link, { type: 'inquire', departed, neighbors })
  }

  #answer(link: Link, { departed, neighbors }: InquireFrame): void {
    const { links, observer, presence, turn } = this.#parts
    if (observer || !link.inquiries.take(turn.now)) return
    const gone = departed ? presence.departed(MAX_DEPARTED_TOLD) : []
    for (const { sealed } of gone) links.send(link, { type: 'departed', sealed })
    if (neighbors) links.send(link, { type: 'neighbors', peers: this.#ownNeighbors() })
  }

  #ownNeighbors(): PeerKey[] {
    return [...this.#parts.neighbors()].slice(0, MAX_PEERS_PER_FRAME)
  }

  #heardOfDeparted(peer: PeerKey, sealed: Uint8Array): void {
    const signs = this.#departed.get(peer)
    if (signs === undefined || signs.length >= MAX_DEPARTED_TOLD) return
    const sign = this.#reader.read(sealed, this.#parts.turn.wall)
    if (sign !== undefined) signs.push(sign)
  }
}
