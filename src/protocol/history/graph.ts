import type { IdentityKey, MessageId } from '../../base/ids.js'
import { Shares } from '../../base/shares.js'
import type { Millis } from '../../base/time.js'
import type { Envelope } from '../wire/message.js'
import { Heads } from './heads.js'
import type { Head } from './sorted-heads.js'
import { HOLE_LIFE_MILLIS, MAX_ABSENT_PARENTS } from './tuning.js'

/** A message in the graph: what matters of it here. */
type Node = Head & Pick<Envelope, 'parents'>

/** What the graph has to know of the messages that it is about. */
export interface GraphOptions {
  /** A message that is here. */
  readonly get: (id: MessageId) => Node | undefined
  readonly has: (id: MessageId) => boolean
  /** True for a message that was here, or was refused: nobody looks for it. */
  readonly hadOnce: (id: MessageId) => boolean
  /** True for a message older than what is kept: nobody has its parents any more. Default: none is. */
  readonly isOld?: (message: Node) => boolean
  /** How many parents that are not here are remembered. Default MAX_ABSENT_PARENTS. */
  readonly maxAbsent?: number
}

/** The messages by their parents: which are the heads, and which are missing. */
export class Graph {
  /** The messages that no other has as a parent. */
  readonly heads = new Heads()
  readonly #options: GraphOptions
  // BOUNDED: by the messages that are here, and `maxAbsent`: how many messages name this one as a parent.
  readonly #children = new Map<MessageId, number>()
  // BOUNDED: `maxAbsent`: parents that were not here when they were named first, by who named them. What has come since goes first.
  readonly #absent = new Shares<IdentityKey>()
  #named = 0
  // BOUNDED: a subset of #children: parents that are not here, and since when; in that order.
  readonly #holes = new Map<MessageId, Millis>()

  constructor(options: GraphOptions) {
    this.#options = options
  }

  /** Sizes of everything held, for tests and the simulator. */
  get load(): { readonly heads: number; readonly children: number; readonly holes: number } {
    return { heads: this.heads.size, children: this.#children.size, holes: this.#holes.size }
  }

  /** True if a message names a parent that is not here; for ten minutes: then nobody is going to have it. */
  hasHoles(now: Millis): boolean {
    for (const [id, since] of this.#holes) {
      if (now - since < HOLE_LIFE_MILLIS) return true
      this.#holes.delete(id)
    }
    return false
  }

  /** Adds a message that is here now. Whether the heads are others than before, and which of its parents are missing. */
  add(message: Node, now: Millis): { headsChanged: boolean; missing: MessageId[] } {
    const { id, parents } = message
    const isHead = !this.#children.has(id)
    if (isHead) this.heads.add(message)
    this.#holes.delete(id)
    let headsChanged = isHead
    for (const parent of parents) if (this.#adopt(parent, message)) headsChanged = true
    const missing = this.#missing(message, now)
    this.#forgetAbsent()
    return { headsChanged, missing }
  }

  /**
   * Adds messages that are all here now: the same as one after the other, but of those that have a child among them none is
   * a head meanwhile, and what was refused is not missing. Those of which parents are missing, with these.
   */
  addAll<N extends Node>(
    messages: readonly N[],
    now: Millis
  ): { message: N; missing: MessageId[] }[] {
    for (const message of messages)
      for (const parent of message.parents) this.#adopt(parent, message)
    const incomplete: { message: N; missing: MessageId[] }[] = []
    for (const message of messages) {
      if (!this.#children.has(message.id)) this.heads.add(message)
      this.#holes.delete(message.id)
      const missing = this.#missing(message, now)
      if (missing.length > 0) incomplete.push({ message, missing })
    }
    this.#forgetAbsent()
    return incomplete
  }

  /** Removes a message that is no longer here. A parent that only this one named is a head again. */
  remove({ id, parents }: Node): void {
    this.heads.delete(id)
    for (const parent of parents) this.#disown(parent)
  }

  /** A message that was here is missing: {@link remove} comes next. It is looked for if others name it. */
  miss(id: MessageId, now: Millis): void {
    if (this.#children.has(id)) this.#holes.set(id, now)
  }

  /** Those that are not here, and may come: they are looked for from now on. */
  #missing(message: Node, now: Millis): MessageId[] {
    const { hadOnce, has, isOld } = this.#options
    if (isOld?.(message)) return []
    const missing = message.parents.filter(parent => !has(parent) && !hadOnce(parent))
    for (const parent of missing) if (!this.#holes.has(parent)) this.#holes.set(parent, now)
    return missing
  }

  /** True if the parent was a head. */
  #adopt(parent: MessageId, { author }: Node): boolean {
    const count = this.#children.get(parent) ?? 0
    this.#children.set(parent, count + 1)
    if (count === 0 && !this.#options.has(parent)) {
      this.#named += 1
      this.#absent.add(author, { clock: this.#named, id: parent })
    }
    return this.heads.delete(parent)
  }

  // Whoever names most that is not here makes us forget it, and nothing else: if it comes it is a head, though it was named.
  #forgetAbsent(): void {
    const { has, maxAbsent = MAX_ABSENT_PARENTS } = this.#options
    while (this.#absent.size > maxAbsent) {
      const id = this.#absent.takeFirst()?.id as MessageId
      if (has(id)) continue
      this.#children.delete(id)
      this.#holes.delete(id)
    }
  }

  #disown(parent: MessageId): void {
    const left = (this.#children.get(parent) ?? 1) - 1
    if (left > 0) {
      this.#children.set(parent, left)
      return
    }
    this.#children.delete(parent)
    this.#holes.delete(parent)
    const orphan = this.#options.get(parent)
    if (orphan !== undefined) this.heads.add(orphan)
  }
}
