import type { MessageId } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import { MAX_CLOCK_AHEAD_MILLIS, MAX_KNOWN_PEERS } from '../config.js'
import type { Sign } from '../presence/device.js'
import { decodePresenceBody } from '../wire/bodies/presence.js'
import { KIND_PRESENCE } from '../wire/kinds.js'
import { type MessageRoom, messageId, open } from '../wire/message.js'

/** Reads presences of devices that are gone. All members tell of the same ones: each is verified once. */
export class DepartedReader {
  readonly #room: MessageRoom
  // BOUNDED: MAX_KNOWN_PEERS, the oldest goes first; undefined for what is none.
  readonly #read = new Recent<MessageId, Sign | undefined>(MAX_KNOWN_PEERS)

  constructor(room: MessageRoom) {
    this.#room = room
  }

  /** When the device was last heard; undefined where the bytes are no presence, forged, or dated ahead of `wall`, ms since 1970. */
  read(sealed: Uint8Array, wall: Millis): Sign | undefined {
    const id = messageId(sealed, this.#room.topic)
    if (id === undefined) return undefined
    if (!this.#read.has(id)) this.#read.set(id, this.#verify(sealed))
    const sign = this.#read.get(id)
    return sign !== undefined && sign.at <= wall + MAX_CLOCK_AHEAD_MILLIS ? sign : undefined
  }

  #verify(sealed: Uint8Array): Sign | undefined {
    const opened = open(sealed, this.#room)
    if (!opened.ok || opened.message.kind !== KIND_PRESENCE) return undefined
    const { author: identity, body, clock: at } = opened.message
    const said = body && decodePresenceBody(body)
    if (said === undefined || said.leaving) return undefined
    return { device: said.device, identity, nick: said.nick, at, isDoubted: true, keeps: false }
  }
}
