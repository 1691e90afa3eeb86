import type { MessageId, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { KIND_SUSPICION } from '../wire/kinds.js'
import type { KnownMessage, VerifiedMessage } from '../wire/message.js'
import { type Attendance, FullMesh } from './full-mesh.js'
import { MeshCheck } from './mesh-check.js'
import type { Outbox } from './outbox.js'
import type { Tree } from './tree.js'

/** What one hop to everybody needs of broadcast. */
export interface MeshParts {
  readonly outbox: Outbox
  readonly tree: Tree
  readonly self: PeerKey | undefined
  readonly attendance: Attendance | undefined
}

/** A message that is new, and how it came. */
interface Arrival {
  readonly from: PeerKey
  readonly message: KnownMessage
  /** To how many its author, who is `from`, has sent it; undefined if it came otherwise. */
  readonly reached?: number | undefined
}

/** One hop to everybody, where everybody is linked to everybody: nobody passes on what its author has sent to all. */
export class Mesh {
  readonly #outbox: Outbox
  readonly #tree: Tree
  readonly #full: FullMesh
  readonly #check: MeshCheck

  constructor({ attendance, outbox, self, tree }: MeshParts) {
    this.#outbox = outbox
    this.#tree = tree
    this.#full = new FullMesh(tree, attendance)
    this.#check = new MeshCheck(outbox, self)
  }

  /** Messages of which it is not sure yet that everybody has them. */
  get size(): number {
    return this.#check.size
  }

  neighborUp(peer: PeerKey): void {
    this.#check.neighborUp(peer)
  }

  neighborDown(peer: PeerKey): void {
    this.#check.neighborDown(peer)
  }

  /** The neighbour has this message. */
  shown(peer: PeerKey, id: MessageId): void {
    this.#check.shown(peer, id)
  }

  /** The timer fired that was to at that time. */
  check(at: Millis): void {
    this.#check.check(at)
  }

  /** Sends what we say to everybody; false, and nothing is sent, if somebody is not our neighbour. */
  publish(message: VerifiedMessage): boolean {
    const { reach: reached } = this.#full
    if (reached === undefined) return false
    this.#check.own(message)
    this.#tree.rest()
    const frame = { type: 'mesh', reached, sealed: message.sealed } as const
    for (const peer of this.#tree.neighbours()) this.#outbox.send(peer, frame)
    return true
  }

  /**
   * True if this is not to be passed on: its author says that it has sent it to as many as we know of; or we had to ask
   * somebody else for it where nobody passes anything on, as others will. Whether everybody has it is checked then. Of a
   * suspicion nobody's word is taken: whom it is about has no time for that.
   */
  keeps({ from, message, reached }: Arrival, wasAsked: boolean): boolean {
    const parents = this.#check.named(message, reached === undefined ? undefined : from)
    const isEnough =
      reached === undefined
        ? wasAsked && this.#full.reach !== undefined
        : this.#full.covers(reached)
    if (!isEnough || !this.#check.hasRoom || message.kind === KIND_SUSPICION) return false
    this.#check.begin(message, from, parents)
    this.#tree.rest()
    return true
  }
}
