import { Chain, type Chained } from '../../base/chain.js'
import { takeOut } from '../../base/take-out.js'

/** So many bytes of one author leave before it is another one's turn. Guess: a line and its frame. */
const QUANTUM_BYTES = 512

/** Authors of whom nothing waits any more, and whose turn has yet to come. Guess. */
const MAX_IDLE_FLOWS = 4_096

/** What waits of one author. */
interface Flow<Item> extends Chained<Flow<Item>> {
  readonly author: string
  // BOUNDED: by the queue, in the order in which they came.
  readonly items: Item[]
  /** Bytes that it may still send before it is another one's turn; below 0 after a longer one. */
  credit: number
  ring: Chain<Flow<Item>>
}

/**
 * In which order what is said leaves if more of it waits than a peer can read soon: by turns of its authors, after FQ-CoDel
 * (RFC 8290, without its dropping). Who has said nothing since its last turn, and says little, goes first, with half of the bytes at most: so whoever
 * says little waits for nobody's flood, and nobody waits for ever. Of one author nothing overtakes anything.
 */
export class FairOrder<Item extends { readonly byteLength: number }> {
  readonly #authorOf: (item: Item) => string
  // BOUNDED: by the queue, and MAX_IDLE_FLOWS; each is in one of the two rings.
  readonly #flows = new Map<string, Flow<Item>>()
  readonly #fresh = new Chain<Flow<Item>>()
  readonly #others = new Chain<Flow<Item>>()
  /** Bytes that fresh ones sent more than the others, which waited. */
  #ahead = 0
  #idle = 0

  constructor(authorOf: (item: Item) => string, items: Iterable<Item>) {
    this.#authorOf = authorOf
    for (const item of items) this.add(item)
  }

  add(item: Item): void {
    const author = this.#authorOf(item)
    const known = this.#flows.get(author)
    if (known?.items.length === 0) this.#idle -= 1
    if (known === undefined) this.#begin(author, item)
    else known.items.push(item)
  }

  /** What leaves next; undefined if there is nothing. */
  get next(): Item | undefined {
    const [fresh, other] = [this.#fresh.first, this.#nextOther()]
    if (other === undefined) this.#ahead = 0
    const isOthersTurn = fresh === undefined || this.#ahead > 0
    const flow = isOthersTurn ? other : fresh
    return flow?.items[0]
  }

  /** It has left. */
  left(item: Item): void {
    const flow = this.#flows.get(this.#authorOf(item))
    if (flow === undefined) return
    const { byteLength } = item
    const isFresh = flow.ring === this.#fresh
    this.#ahead = Math.max(0, this.#ahead + (isFresh ? byteLength : -byteLength))
    flow.credit -= byteLength
    if (isFresh) this.#moveBack(flow)
    this.drop(item)
  }

  /** It was dropped. */
  drop(item: Item): void {
    const flow = this.#flows.get(this.#authorOf(item))
    if (flow === undefined || !takeOut(flow.items, item) || flow.items.length > 0) return
    if (flow.ring === this.#fresh || this.#idle >= MAX_IDLE_FLOWS) this.#end(flow)
    else this.#idle += 1
  }

  #end(flow: Flow<Item>): void {
    flow.ring.delete(flow)
    this.#flows.delete(flow.author)
  }

  // Most have one item: see ByteShares.
  #begin(author: string, item: Item): void {
    const ring = item.byteLength <= QUANTUM_BYTES ? this.#fresh : this.#others
    const credit = QUANTUM_BYTES
    const flow = { author, items: [item], credit, ring, before: undefined, after: undefined }
    this.#flows.set(author, flow)
    ring.push(flow)
  }

  #moveBack(flow: Flow<Item>): void {
    flow.ring.delete(flow)
    flow.ring = this.#others
    this.#others.push(flow)
  }

  // Whoever has used up its credit gets some more, and lets the next one go first.
  #nextOther(): Flow<Item> | undefined {
    for (let flow = this.#others.first; flow !== undefined; flow = this.#others.first) {
      if (flow.credit <= 0) {
        flow.credit += QUANTUM_BYTES
        this.#moveBack(flow)
      } else if (flow.items.length > 0) return flow
      else {
        this.#idle -= 1
        this.#end(flow)
      }
    }
    return undefined
  }
}
