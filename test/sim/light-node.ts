import { hash } from '../../src/base/crypto.js'
import {
  type IdentityKey,
  idFromBytes,
  idToBytes,
  type MessageId,
  type PeerKey
} from '../../src/base/ids.js'
import { Broadcast } from '../../src/protocol/broadcast/broadcast.js'
import type { Input, MembershipInput, MembershipOutput, Output } from '../../src/protocol/events.js'
import { Membership } from '../../src/protocol/membership/membership.js'
import type { MembershipTuning } from '../../src/protocol/membership/tuning.js'
import type { Frame, MessageFrame } from '../../src/protocol/wire/frames.js'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import { broadcastLoads, membershipLoads } from './loads.js'
import { type Birth, type Load, plainId, type SimNode } from './node.js'

const SEEN_MAX = 512

/** Every message ever said in this process, by its bytes: stands in for signing and verifying. */
const signed = new WeakMap<Uint8Array, VerifiedMessage>()

/** What is tried in place of the defaults. */
export interface LightTuning {
  readonly membership?: Partial<MembershipTuning>
}

/** Membership and broadcast without the rest of a room: what they do of their own, at little cost. */
export class LightNode implements SimNode {
  readonly #index: number
  readonly #author: IdentityKey
  readonly #membership: Membership
  readonly #broadcast: Broadcast
  readonly #stored = new Map<MessageId, VerifiedMessage>()
  #said = 0

  constructor({ index, key, random, memory }: Birth, tuning: LightTuning = {}) {
    this.#index = index
    this.#author = idFromBytes(hash([idToBytes(key)]))
    this.#membership = new Membership(key, random, tuning.membership)
    this.#broadcast = new Broadcast({
      self: key,
      recall: id => this.#stored.get(id),
      seenMax: SEEN_MAX
    })
    for (const message of memory.values()) this.#stored.set(message.id, message)
    this.#said = memory.size
  }

  get active(): Iterable<PeerKey> {
    return this.#membership.active
  }

  get broadcast(): Broadcast {
    return this.#broadcast
  }

  get loads(): readonly Load[] {
    return [...membershipLoads(this.#membership), ...broadcastLoads(this.#broadcast, SEEN_MAX)]
  }

  handle(input: Input, now: number): Output[] {
    switch (input.type) {
      case 'start':
      case 'candidates':
      case 'dial-failed':
        return this.#members(input, now)
      case 'connected':
        return this.#connected(input, now)
      case 'disconnected':
        return this.#members({ type: 'link-down', peer: input.peer }, now)
      case 'frame':
        return this.#frame(input.from, input.frame, now)
      case 'timer':
        return this.#timer(input, now)
      case 'say':
        return this.#say(input.text, now)
      default:
        return []
    }
  }

  // There is no history here: everybody answers at once.
  #connected({ initiator, peer }: Extract<Input, { type: 'connected' }>, now: number): Output[] {
    const up = this.#members({ type: 'link-up', peer, initiator }, now)
    return [...up, ...this.#members({ type: 'compared', peer }, now)]
  }

  #timer({ timer }: Extract<Input, { type: 'timer' }>, now: number): Output[] {
    switch (timer.name) {
      case 'shuffle':
      case 'refill':
      case 'neighbor-timeout':
      case 'visit':
      case 'dial-late':
        return this.#members({ type: 'timer', timer }, now)
      case 'graft':
      case 'lazy-flush':
        return this.#broadcast.handle({ type: 'timer', timer }, now)
      default:
        return []
    }
  }

  #frame(from: PeerKey, frame: Frame, now: number): Output[] {
    switch (frame.type) {
      case 'message':
        return this.#message(from, frame, now)
      case 'ihave':
      case 'graft':
      case 'prune':
        return this.#broadcast.handle({ type: 'frame', from, frame }, now)
      case 'join':
      case 'forward-join':
      case 'neighbor':
      case 'neighbor-reply':
      case 'referral':
      case 'disconnect':
      case 'shuffle':
      case 'shuffle-reply':
        return this.#members({ type: 'frame', from, frame }, now)
      default:
        return []
    }
  }

  #message(from: PeerKey, frame: MessageFrame, now: number): Output[] {
    const message = signed.get(frame.sealed)
    if (message === undefined) return []
    const { id } = message
    const { hops } = frame
    if (this.#stored.has(id)) {
      return this.#broadcast.handle({ type: 'duplicate', from, id }, now)
    }
    const received = { type: 'received', from, message, hops } as const
    return [...this.#broadcast.handle(received, now), this.#store(message)]
  }

  #store(message: VerifiedMessage): Output {
    this.#stored.set(message.id, message)
    return { type: 'store', message }
  }

  #say(text: string, now: number): Output[] {
    const sealed = new TextEncoder().encode(`${this.#index}:${this.#said++}:${text}`.padEnd(280))
    const author = this.#author
    const message = { id: plainId(sealed), author, kind: 1, sealed } as unknown as VerifiedMessage
    signed.set(sealed, message)
    const store = this.#store(message)
    return [store, ...this.#broadcast.handle({ type: 'publish', message }, now)]
  }

  #members(input: MembershipInput, now: number): Output[] {
    return this.#membership.handle(input, now).flatMap(output => this.#routed(output, now))
  }

  #routed(output: MembershipOutput, now: number): Output[] {
    switch (output.type) {
      case 'neighbor-up':
      case 'neighbor-down':
        return this.#broadcast.handle({ type: output.type, peer: output.peer }, now)
      default:
        return [output as Exclude<MembershipOutput, { type: 'neighbor-up' | 'neighbor-down' }>]
    }
  }
}
