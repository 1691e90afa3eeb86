import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IdentityKey, MessageId } from '../../../src/base/ids.js'
import { least } from '../../../src/base/least.js'
import { HEADS_DIGEST_BYTES, MAX_PARENTS } from '../../../src/protocol/config.js'
import { HeadTurns } from '../../../src/protocol/history/head-turns.js'
import { Heads } from '../../../src/protocol/history/heads.js'
import { ItemSet } from '../../../src/protocol/history/negentropy/item-set.js'
import { type Head, isNewer } from '../../../src/protocol/history/sorted-heads.js'
import { Timeline } from '../../../src/protocol/history/timeline.js'
import { KIND_TEXT } from '../../../src/protocol/wire/kinds.js'
import type { VerifiedMessage } from '../../../src/protocol/wire/message.js'
import { EPOCH } from '../../support/harness.js'
import { idOf } from '../../support/peers.js'

const [FROM, TO] = [1_000, 2_000]
const WINDOW = { from: FROM, to: TO }
const SELF = idOf<IdentityKey>('self')
/** Odd ones are settled. */
const AUTHORS = Array.from({ length: 12 }, (_, n) => idOf<IdentityKey>(`author ${n}`))
const isSettled = (author: IdentityKey) => AUTHORS.indexOf(author) % 2 === 1
const SETTLED_PLACES = (3 * MAX_PARENTS) / 4

type Candidate = Head & { readonly level: number }

/** The rule of docs/protocol.md, all heads looked at each time. */
class Model {
  readonly heads = new Map<MessageId, Head>()
  #named = new Set<MessageId>()
  readonly #last = new Map<string, IdentityKey>()

  choose(most: number): MessageId[] {
    for (const id of this.#named) if (!this.heads.has(id)) this.#named.delete(id)
    const candidates = [...this.#byAuthor().values()].flatMap(own =>
      least(own, most, (a, b) => this.#isBefore(a, b)).map((head, level) => ({ ...head, level }))
    )
    const queue = (name: string, isIn: (head: Head) => boolean) =>
      least(candidates.filter(isIn), most, after(this.#last.get(name) ?? SELF))
    const isNew = ({ id }: Head) => !this.#named.has(id)
    const queues = {
      settled: queue('settled', head => isNew(head) && isSettled(head.author)),
      newcomers: queue('newcomers', head => isNew(head) && !isSettled(head.author)),
      named: queue('named', head => !isNew(head))
    }
    const { named, newcomers, settled } = queues
    const [first, others] = [settled.slice(0, SETTLED_PLACES), settled.slice(SETTLED_PLACES)]
    const chosen = [...first, ...newcomers, ...others, ...named].slice(0, most)
    for (const [name, all] of Object.entries(queues)) {
      const last = all.findLast(head => chosen.includes(head))
      if (last !== undefined) this.#last.set(name, last.author)
    }
    for (const { id } of chosen) this.#named.add(id)
    return chosen.map(({ id }) => id)
  }

  get hasMore(): boolean {
    return [...this.#byAuthor().values()].some(own =>
      least(own, 1, isNewer).some(({ id }) => !this.#named.has(id))
    )
  }

  digest(): Uint8Array {
    const items = ItemSet.from(this.#inWindow().map(({ clock, id }) => ({ timestamp: clock, id })))
    return items.fingerprint(0, items.size).subarray(0, HEADS_DIGEST_BYTES)
  }

  #inWindow(): Head[] {
    return [...this.heads.values()].filter(({ clock }) => clock >= FROM && clock <= TO)
  }

  #byAuthor(): Map<IdentityKey, Head[]> {
    const all = new Map<IdentityKey, Head[]>()
    for (const head of this.#inWindow()) {
      all.set(head.author, [...(all.get(head.author) ?? []), head])
    }
    return all
  }

  #isBefore(a: Head, b: Head): boolean {
    const isNamed = this.#named.has(a.id)
    return isNamed === this.#named.has(b.id) ? isNewer(a, b) : !isNamed
  }
}

function after(last: IdentityKey): (a: Candidate, b: Candidate) => boolean {
  return (a, b) => {
    if (a.level !== b.level) return a.level < b.level
    const [aWaits, bWaits] = [a.author > last, b.author > last]
    return aWaits === bWaits ? a.author < b.author : aWaits
  }
}

const step = fc.oneof(
  fc.record({
    add: fc.integer({ min: 0, max: AUTHORS.length - 1 }),
    clock: fc.integer({ min: FROM - 20, max: TO + 20 })
  }),
  fc.record({ remove: fc.nat() }),
  fc.record({ choose: fc.constantFrom(3, 4, 8) })
)

test('the heads that are named, and their digest, are those of the rule', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), steps => {
      const [heads, model] = [new Heads(), new Model()]
      const turns = new HeadTurns(heads, isSettled)
      for (const [n, each] of steps.entries()) {
        if ('add' in each) {
          const author = AUTHORS[each.add] as IdentityKey
          const head = { id: idOf<MessageId>(n), author, clock: each.clock }
          heads.add(head)
          model.heads.set(head.id, head)
        } else if ('remove' in each) {
          const id = [...model.heads.keys()][each.remove % Math.max(1, model.heads.size)]
          if (id === undefined) continue
          expect(heads.delete(id)).toBe(model.heads.delete(id))
        } else {
          expect(turns.choose(WINDOW, each.choose, SELF)).toEqual(model.choose(each.choose))
          expect(turns.hasMore).toBe(model.hasMore)
        }
        expect(heads.size).toBe(model.heads.size)
        expect(heads.digest(WINDOW)).toEqual(model.digest())
      }
    })
  )
})

/** A message without parents. Only tests make such that nobody has signed. */
const parentless = (n: number, author: IdentityKey, clock: number) =>
  ({
    id: idOf(n),
    kind: KIND_TEXT,
    clock,
    parents: [],
    author,
    sealed: new Uint8Array(0)
  }) as unknown as VerifiedMessage

/** What a presence of ours takes at least, with so many heads of each of a dozen authors. */
function leastMillis(perAuthor: number): number {
  const timeline = new Timeline({ isSettled })
  for (let n = 0; n < perAuthor * AUTHORS.length; n++) {
    const author = AUTHORS[n % AUTHORS.length] as IdentityKey
    timeline.add(parentless(n, author, EPOCH + (n % 900)), 0)
  }
  const times = Array.from({ length: 30 }, (_, n) => {
    timeline.add(parentless(-1 - n, SELF, EPOCH + 1_000 + n), 0)
    const start = performance.now()
    timeline.nameHeads(MAX_PARENTS, SELF, EPOCH)
    timeline.headsDigest(EPOCH)
    return performance.now() - start
  })
  return Math.min(...times)
}

// Whoever writes messages without parents makes heads. Presences of ours name some of them, and have a digest of all.
test('a presence among 24,000 heads takes no more than twelve times one among 240', () => {
  const few = leastMillis(20)
  expect(leastMillis(2_000)).toBeLessThan(12 * few)
})

/** The least of so many times, in ms: what else the machine does makes none of them less. */
function leastOf(times: number, work: (n: number) => unknown): number {
  const took = Array.from({ length: times }, (_, n) => {
    const start = performance.now()
    work(n)
    return performance.now() - start
  })
  return Math.min(...took)
}

// Whoever invents authors makes heads of as many.
test('a choice among 5,000 authors takes at most twice as long as to list what each of them has', () => {
  const heads = new Heads()
  for (let n = 0; n < 5_000; n++)
    heads.add({ id: idOf(n), author: idOf(`inventor ${n}`), clock: FROM + (n % 900) })
  const turns = new HeadTurns(heads, author => author < '2')
  const choosing = leastOf(60, n => {
    heads.add({ id: idOf(-1 - n), author: SELF, clock: TO })
    turns.choose(WINDOW, MAX_PARENTS, SELF)
  })
  const listing = leastOf(60, () => [...heads.authors].map(own => own.inTurn(WINDOW, 1)))
  expect(choosing).toBeLessThan(2 * listing)
})
