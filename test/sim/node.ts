import { hash } from '../../src/base/crypto.js'
import { idFromBytes, type MessageId, type PeerKey } from '../../src/base/ids.js'
import type { Input, Output } from '../../src/protocol/events.js'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'

/** A member as the simulator drives it: the shape of the room machine. */
export interface SimNode {
  handle(input: Input, now: number): Output[]
  /** The neighbours that this member believes in. */
  readonly active: Iterable<PeerKey>
  /** Name and size of everything that this member holds, each with its bound. */
  readonly loads: readonly Load[]
}

export interface Load {
  readonly name: string
  readonly size: number
  readonly max: number
}

/** What a member is made from. `memory`: its store, as it is at any time; a restart with memory passes on what was stored. */
export interface Birth {
  readonly index: number
  readonly key: PeerKey
  readonly random: () => number
  readonly memory: ReadonlyMap<MessageId, VerifiedMessage>
}

/** The id of what stands for a message where nobody reads it. */
export function plainId(sealed: Uint8Array): MessageId {
  return idFromBytes(hash([sealed]))
}

export type MakeNode = (birth: Birth) => SimNode
