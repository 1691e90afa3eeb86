import type { PeerKey } from '../../src/base/ids.js'
import { pick, sample } from '../../src/base/pick.js'
import type { Input, Output } from '../../src/protocol/events.js'
import { KIND_PRESENCE } from '../../src/protocol/wire/kinds.js'
import { ATTACKS, type Attacker } from './attacks.js'
import type { Member } from './member.js'
import type { Birth, Load, SimNode } from './node.js'
import { identityAt, messages, RoomNode } from './room-node.js'

/** Presences that are kept for replays. */
const HEARD_MAX = 512
/** Links that it uses at once. */
const LINKS = 8

/** A member that takes part like any other, and attacks its neighbours when it is told to. */
export class HostileNode implements SimNode {
  readonly #inner: RoomNode
  readonly #birth: Birth
  readonly #links = new Set<PeerKey>()
  readonly #heard: Uint8Array[] = []
  #members: Attacker['members'] = []

  constructor(birth: Birth) {
    this.#birth = birth
    this.#inner = new RoomNode(birth)
  }

  /** Learns who there is to attack. */
  meet(members: readonly Member[]): void {
    this.#members = members.map(({ device, index }) => {
      return { identity: identityAt(index).publicKey, device }
    })
  }

  get active(): Iterable<PeerKey> {
    return this.#inner.active
  }

  get loads(): readonly Load[] {
    return []
  }

  handle(input: Input, now: number): Output[] {
    if (input.type === 'connected') this.#links.add(input.peer)
    if (input.type === 'disconnected') this.#links.delete(input.peer)
    if (input.type === 'frame' && 'sealed' in input.frame) this.#keep(input.frame.sealed)
    return this.#inner.handle(input, now)
  }

  /** So many frames of one kind, over its links. */
  attack(kind: string, count: number, now: number): Output[] {
    const make = ATTACKS[kind]
    const links = sample(this.#links, LINKS, this.#birth.random)
    if (make === undefined || links.length === 0) return []
    const { index, random } = this.#birth
    const [identity, members] = [identityAt(index), this.#members]
    const attacker = { random, room: messages, identity, now, heard: this.#heard, members }
    return Array.from({ length: count }, () => {
      const to = pick(links, random) as PeerKey
      return { type: 'send', to, frame: make(attacker) }
    })
  }

  // The first half stays for good, so that there are old ones; the rest is renewed.
  #keep(sealed: Uint8Array): void {
    if (sealed[1] !== KIND_PRESENCE) return
    if (this.#heard.length < HEARD_MAX) this.#heard.push(sealed)
    else this.#heard[HEARD_MAX / 2 + Math.floor((this.#birth.random() * HEARD_MAX) / 2)] = sealed
  }
}
