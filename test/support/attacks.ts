import { hash } from '../../src/base/crypto.js'
import { idFromBytes, type MessageId } from '../../src/base/ids.js'
import { NEGENTROPY_V1 } from '../../src/protocol/history/negentropy/message.js'
import { encodePresenceBody } from '../../src/protocol/wire/bodies/presence.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { KIND_PRESENCE } from '../../src/protocol/wire/kinds.js'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import { deviceOf, INSTANCE, type Peer, type Puppet, type World } from './harness.js'
import { member, messageOf, numbered, textOf } from './hostile.js'

/** Stored and passed on, and shown to nobody. */
export const INVISIBLE = 77
/** Almost as far ahead as is taken. */
const AHEAD = 4 * 60_000 + 59_000

/** A link of the attacker's. */
interface Hold {
  readonly puppet: Puppet
  readonly victim: Peer
}

/** An attacker: puppets that are neighbours of some victims, and as many identities as it wants. */
export class Attacker {
  readonly #world: World
  readonly #victims: readonly Peer[]
  /** Whose messages it can repeat. */
  readonly #honest: readonly string[]
  readonly #links: Hold[] = []
  #count = 0

  constructor(world: World, victims: readonly Peer[], honest: readonly string[]) {
    this.#world = world
    this.#victims = victims
    this.#honest = honest
  }

  /** Takes a link to a victim, with a device that was not seen before; one of four at most is given up for it. */
  connect(): void {
    const victim = this.#victims[++this.#count % this.#victims.length] as Peer
    const oldest = this.#links.length >= 4 ? this.#links.shift() : undefined
    if (oldest !== undefined) this.#world.disconnect(oldest.puppet, oldest.victim.device)
    const puppet = member(this.#world, victim, `eve ${this.#count}`)
    puppet.onframe = (from, frame) => {
      if (frame.type === 'ping') puppet.send(from, { type: 'pong' })
    }
    this.#links.push({ puppet, victim })
  }

  /** One of the attacks, over one of the links. */
  strike(attack: Attack, link: number): void {
    if (attack === 'reconnect' || this.#links.length === 0) this.connect()
    const { puppet, victim } = this.#links[link % this.#links.length] as Hold
    for (const frame of this.#frames(attack)) {
      if (this.#world.connected(puppet.device, victim.device)) {
        victim.feed({ type: 'frame', from: puppet.device, frame })
      }
    }
  }

  *#frames(attack: Attack): Generator<Frame> {
    const { now } = this.#world
    for (let n = 0; n < SIZES[attack]; n++) {
      this.#count += 1
      switch (attack) {
        case 'newcomers':
          yield pushed(textOf(`eve ${this.#count}`, 'buy', now))
          break
        case 'one author':
          yield pushed(this.#invisible('eve', now))
          break
        case 'history':
          yield stored(this.#invisible(`eve ${n % 7}`, now - 60_000))
          break
        case 'dated ahead':
          yield n % 2 === 0
            ? pushed(this.#invisible(`eve ${n % 3}`, now + AHEAD))
            : stored(this.#invisible(`eve ${n % 3}`, now + AHEAD))
          break
        case 'repeated lines':
          yield pushed(textOf(this.#somebody(), `old ${this.#count}`, now - 3_600_000 + n))
          break
        case 'repeated presences':
          yield pushed(this.#presence(this.#somebody(), now - 600_000 + n))
          break
        case 'presences':
          yield pushed(this.#presence(`eve ${this.#count}`, now))
          break
        case 'big':
          yield pushed(this.#invisible(`eve ${this.#count}`, now, 8_000))
          break
        case 'brief':
          yield pushed(messageOf(`eve ${n % 5}`, { kind: 129, clock: now, nonce: this.#nonce() }))
          break
        case 'orphans':
          yield pushed(textOf(`eve ${n}`, 'orphan', now, this.#ids(8).toSorted()))
          break
        case 'ihave':
          yield { type: 'ihave', entries: this.#ids(128).map(id => ({ id, hops: 1 })) }
          break
        case 'offer':
          yield { type: 'offer', ids: this.#ids(512) }
          break
        case 'reconcile':
          yield { type: 'reconcile', step: 'open', payload: NOTHING }
          break
        case 'pong':
          yield { type: 'pong' }
      }
    }
  }

  #invisible(author: string, clock: number, bytes = 0): VerifiedMessage {
    const body = new Uint8Array(bytes)
    return messageOf(author, { kind: INVISIBLE, clock, nonce: this.#nonce(), body })
  }

  #presence(author: string, clock: number): VerifiedMessage {
    const says = { leaving: false, bot: false, routine: false, interval: 60_000, nick: author }
    const body = encodePresenceBody({ ...says, device: deviceOf(author), instance: INSTANCE })
    return messageOf(author, { kind: KIND_PRESENCE, clock, nonce: this.#nonce(), body })
  }

  #nonce(): Uint8Array {
    return numbered(this.#count)
  }

  #somebody(): string {
    return this.#honest[this.#count % this.#honest.length] as string
  }

  #ids(count: number): MessageId[] {
    return Array.from({ length: count }, (_, n) =>
      idFromBytes<MessageId>(hash([Buffer.from(`${this.#count} ${n}`)]))
    )
  }
}

const NOTHING = Uint8Array.of(NEGENTROPY_V1, 0, 0, 2, 0)

/** How many frames each attack has. */
const SIZES = {
  newcomers: 150,
  'one author': 300,
  history: 150,
  'dated ahead': 300,
  'repeated lines': 150,
  'repeated presences': 150,
  presences: 150,
  big: 60,
  brief: 200,
  orphans: 30,
  ihave: 5,
  offer: 3,
  reconcile: 10,
  pong: 3,
  reconnect: 0
} as const

export type Attack = keyof typeof SIZES
export const ATTACKS = Object.keys(SIZES) as Attack[]

function pushed({ sealed }: VerifiedMessage): Frame {
  return { type: 'message', hops: 1, sealed }
}

function stored({ sealed }: VerifiedMessage): Frame {
  return { type: 'stored', sealed }
}
