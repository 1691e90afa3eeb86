import type { IdentityKey, MessageId } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import { HISTORY_AT_ONCE, MAX_DEVICES } from '../config.js'
import type { Envelope } from '../wire/message.js'
import { MAX_CHILDREN, MAX_CHILDREN_IN_ALL, MAX_TRACKED_MESSAGES } from './tuning.js'

/** A message of ours that more members are now known to have. */
export interface Receipt {
  readonly id: MessageId
  /** How many others have it. */
  readonly have: number
}

interface Tracked {
  readonly id: MessageId
  /** The number of the message of ours that this one descends from; 0 where there is none. */
  readonly previous: number
  // BOUNDED: MAX_DEVICES.
  readonly members: Set<IdentityKey>
}

/** A message in the graph: what matters of it here. */
type Node = Pick<Envelope, 'id' | 'parents'>

/**
 * Who has our messages: whoever names as a head, or as a parent, the message itself or one that descends from it. Only
 * the most recent of ours are tracked.
 *
 * Each message is remembered with the latest of ours that it is or descends from, which costs the same however long the
 * history is. A message of ours that the next one of ours does not descend from (there were more heads than it could name)
 * may therefore be counted late or never; and so may one whose descendants came before it, and were very many.
 */
export class Receipts {
  // BOUNDED: MAX_TRACKED_MESSAGES, the oldest goes first. By number, from 1.
  readonly #tracked = new Map<number, Tracked>()
  // BOUNDED: HISTORY_AT_ONCE: the latest of ours that a message is or descends from, where there is one.
  readonly #covers = new Recent<MessageId, number>(HISTORY_AT_ONCE)
  // BOUNDED: MAX_CHILDREN_IN_ALL children, MAX_CHILDREN of one: the messages that name this one, as long as they are kept:
  // the way back up when a gap is filled.
  readonly #children = new Map<MessageId, MessageId[]>()
  #childCount = 0
  #count = 0

  /** Sizes of everything held, for tests and the simulator. */
  get load(): { readonly covers: number; readonly parents: number; readonly children: number } {
    const parents = this.#children.size
    return { covers: this.#covers.size, parents, children: this.#childCount }
  }

  /** Starts counting for a message of ours. */
  track(message: Node): void {
    this.#count += 1
    const previous = this.#coverOf(message.parents)
    this.#tracked.set(this.#count, { id: message.id, previous, members: new Set() })
    this.#tracked.delete(this.#count - MAX_TRACKED_MESSAGES)
    this.#raise(message.id, this.#count)
  }

  /**
   * Takes note of a message that is stored from now on; nothing happens before the first one of ours is tracked. Gives the number
   * of the latest of ours that its author has, for {@link seen}.
   */
  note({ id, parents }: Node): number {
    if (this.#count === 0) return 0
    const cover = this.#coverOf(parents)
    // Nothing rises above the latest of ours: then nobody needs to be found again.
    if (cover < this.#count) for (const parent of parents) this.#adopt(parent, id)
    this.#raise(id, cover)
    return cover
  }

  /** A message is not kept any more. */
  forget({ id, parents }: Node): void {
    this.#covers.delete(id)
    this.#childCount -= this.#children.get(id)?.length ?? 0
    this.#children.delete(id)
    for (const parent of parents) this.#disown(parent, id)
  }

  /**
   * A member has these messages, and with them all that they descend from. What is new by it, newest first. `cover`: what
   * {@link note} gave for a message that names them.
   */
  seen(
    member: IdentityKey,
    heads: readonly MessageId[],
    cover: number = this.#coverOf(heads)
  ): Receipt[] {
    const receipts: Receipt[] = []
    let number = cover
    for (let next = this.#tracked.get(number); next; next = this.#tracked.get(number)) {
      const { id, members, previous } = next
      if (members.has(member) || members.size >= MAX_DEVICES) break
      members.add(member)
      receipts.push({ id, have: members.size })
      number = previous
    }
    return receipts
  }

  /** True if a member is known to have this message of ours, as far as it is still tracked. */
  isTaken(id: MessageId): boolean {
    for (const tracked of this.#tracked.values())
      if (tracked.id === id) return tracked.members.size > 0
    return false
  }

  #coverOf(ids: readonly MessageId[]): number {
    let cover = 0
    for (const id of ids) cover = Math.max(cover, this.#covers.get(id) ?? 0)
    return cover
  }

  #adopt(parent: MessageId, child: MessageId): void {
    if (this.#childCount >= MAX_CHILDREN_IN_ALL) return
    const children = this.#children.get(parent)
    // Few are named by more than a handful: a list is smaller than a set.
    if (children === undefined) this.#children.set(parent, [child])
    else if (children.length >= MAX_CHILDREN || children.includes(child)) return
    else children.push(child)
    this.#childCount += 1
  }

  #disown(parent: MessageId, child: MessageId): void {
    const children = this.#children.get(parent)
    const at = children?.indexOf(child) ?? -1
    if (children === undefined || at < 0) return
    children.splice(at, 1)
    this.#childCount -= 1
    if (children.length === 0) this.#children.delete(parent)
  }

  // A parent may come after its children: then they, and all above them, cover more than was known.
  #raise(id: MessageId, cover: number): void {
    // BOUNDED: by the children that are remembered; each message rises at most once.
    const rising = [id]
    for (let next = rising.pop(); next !== undefined; next = rising.pop()) {
      if (cover <= (this.#covers.get(next) ?? 0)) continue
      this.#covers.set(next, cover)
      for (const child of this.#children.get(next) ?? []) rising.push(child)
    }
  }
}
