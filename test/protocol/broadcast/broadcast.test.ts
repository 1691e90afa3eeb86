import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IdentityKey, MessageId, PeerKey } from '../../../src/base/ids.js'
import { Broadcast } from '../../../src/protocol/broadcast/broadcast.js'
import { MISSING_UNASKED_MAX } from '../../../src/protocol/broadcast/tuning.js'
import {
  GRAFT_MILLIS,
  GRAFT_PROBE_MILLIS,
  GRAFT_PROBE_PAUSE_MILLIS,
  GRAFT_RETRY_MILLIS,
  GRAFT_SOON_MILLIS,
  GRAFT_SPREAD_MILLIS,
  HOPS_MAX,
  IHAVE_MAX,
  LAZY_FLUSH_MILLIS,
  MEND_PAUSE_MILLIS,
  MISSING_MAX,
  MISSING_PER_PEER_MAX,
  PATIENT_FLUSH_MILLIS,
  SETTLING_MILLIS
} from '../../../src/protocol/config.js'
import type { BroadcastInput, BroadcastOutput } from '../../../src/protocol/events.js'
import type { BroadcastFrame } from '../../../src/protocol/wire/frames.js'
import { KIND_TEXT } from '../../../src/protocol/wire/kinds.js'
import type { VerifiedMessage } from '../../../src/protocol/wire/message.js'
import { idOf } from '../../support/peers.js'

const [a, b, c] = [idOf('a'), idOf('b'), idOf('c')] as [PeerKey, PeerKey, PeerKey]

/** Stands in for a signed message: broadcast looks at no more of it. */
function message(name: string | number, author = 'author'): VerifiedMessage {
  const sealed = new TextEncoder().encode(`${name}`)
  // One of those that may change the tree.
  const id = `0000${idOf(`message ${name}`).slice(4)}` as MessageId
  return { id, author: idOf<IdentityKey>(author), kind: KIND_TEXT, sealed } as VerifiedMessage
}

class Bench {
  readonly broadcast: Broadcast
  readonly known = new Map<MessageId, VerifiedMessage>()
  now = 1_000
  #flushAt = 0

  constructor(neighbours: readonly PeerKey[] = [a, b, c], self?: PeerKey) {
    this.broadcast = new Broadcast({
      ...(self && { self }),
      recall: id => this.known.get(id),
      isPatient: ({ author }) => author === idOf<IdentityKey>('patient')
    })
    for (const peer of neighbours) this.feed({ type: 'neighbor-up', peer })
  }

  feed(input: BroadcastInput): BroadcastOutput[] {
    const outputs = this.broadcast.handle(input, this.now)
    for (const output of outputs) {
      if (output.type === 'timer' && output.timer.name === 'lazy-flush') {
        this.#flushAt = output.timer.at
      }
    }
    return outputs
  }

  received(from: PeerKey, received: VerifiedMessage, hops = 1): BroadcastOutput[] {
    const outputs = this.feed({ type: 'received', from, message: received, hops })
    this.known.set(received.id, received)
    return outputs
  }

  duplicate(from: PeerKey, { id }: VerifiedMessage): BroadcastOutput[] {
    return this.feed({ type: 'duplicate', from, id })
  }

  announced(from: PeerKey, { id }: VerifiedMessage, hops = 1): BroadcastOutput[] {
    return this.feed({ type: 'frame', from, frame: { type: 'ihave', entries: [{ id, hops }] } })
  }

  /** So much later the graft timer fires. */
  overdue(after = GRAFT_MILLIS): BroadcastOutput[] {
    this.now += after
    return this.feed({ type: 'timer', timer: { name: 'graft' } })
  }

  flush(): BroadcastOutput[] {
    return this.feed({ type: 'timer', timer: { name: 'lazy-flush', at: this.#flushAt } })
  }
}

function sent(outputs: readonly BroadcastOutput[], to?: PeerKey): BroadcastFrame[] {
  return outputs.flatMap(output =>
    output.type === 'send' && (to === undefined || output.to === to) ? [output.frame] : []
  )
}

function timers(outputs: readonly BroadcastOutput[]): number[] {
  return outputs.flatMap(output => (output.type === 'timer' ? [output.after] : []))
}

describe('pushing', () => {
  it('pushes to every neighbour but the one that it came from, one hop further', () => {
    const bench = new Bench()
    const one = message(1)
    const outputs = bench.received(a, one, 3)
    const push = { type: 'message', hops: 4, sealed: one.sealed }
    expect(sent(outputs, a)).toEqual([])
    expect(sent(outputs, b)).toEqual([push])
    expect(sent(outputs, c)).toEqual([push])
  })

  it('prunes the link of a duplicate, and announces on it from then on', () => {
    const bench = new Bench()
    bench.received(a, message(1))
    expect(sent(bench.duplicate(b, message(1)))).toEqual([{ type: 'prune' }])
    expect([...bench.broadcast.lazy]).toEqual([b])
    const outputs = bench.received(a, message(2), 1)
    expect(sent(outputs, b)).toEqual([])
    expect(timers(outputs)).toEqual([LAZY_FLUSH_MILLIS])
    const entries = [{ id: message(2).id, hops: 2 }]
    expect(sent(bench.flush())).toEqual([{ type: 'ihave', entries }])
  })

  it('pushes on what a lazy neighbour pushes, as if it were eager [M47]', () => {
    const bench = new Bench()
    bench.received(a, message(1))
    bench.duplicate(b, message(1))
    expect([...bench.broadcast.lazy]).toEqual([b])
    const push = { type: 'message', hops: 2, sealed: message(2).sealed }
    const outputs = bench.received(b, message(2))
    for (const peer of [a, c]) expect(sent(outputs, peer)).toEqual([push])
  })

  it('does not prune who brought a message twice', () => {
    const bench = new Bench()
    bench.received(a, message(1))
    expect(bench.duplicate(a, message(1))).toEqual([])
  })

  it('goes back into the tree by another neighbour when the last eager one prunes, and not where there is none', () => {
    const bench = new Bench([a, b])
    bench.received(a, message(1))
    bench.duplicate(b, message(1))
    const prune = { type: 'frame', from: a, frame: { type: 'prune' } } as const
    expect(sent(bench.feed(prune), b)).toEqual([{ type: 'graft', ids: [] }])
    expect([...bench.broadcast.eager]).toEqual([b])
    const own = message(2)
    expect(sent(bench.feed({ type: 'publish', message: own }), b)).toMatchObject([
      { type: 'message', sealed: own.sealed }
    ])
    const alone = new Bench([a])
    expect(sent(alone.feed(prune))).toEqual([])
  })

  it('obeys a prune and a graft', () => {
    const bench = new Bench()
    bench.feed({ type: 'frame', from: a, frame: { type: 'prune' } })
    expect(bench.broadcast.eager.has(a)).toBe(false)
    bench.received(b, message(1), 2)
    const graft = { type: 'graft', ids: [message(1).id, message(9).id] } as const
    const push = { type: 'message', hops: 3, sealed: message(1).sealed }
    expect(sent(bench.feed({ type: 'frame', from: a, frame: graft }))).toEqual([push])
    expect(bench.broadcast.eager.has(a)).toBe(true)
  })

  it('announces later what nobody waits for, unless there is something else to announce', () => {
    const bench = new Bench()
    bench.received(a, message(1))
    bench.duplicate(b, message(1))
    bench.now += SETTLING_MILLIS
    const patient = message(2, 'patient')
    expect(timers(bench.received(a, patient))).toEqual([PATIENT_FLUSH_MILLIS])
    expect(timers(bench.received(a, message(3, 'patient')))).toEqual([])
    expect(timers(bench.received(a, message(4)))).toEqual([LAZY_FLUSH_MILLIS])
    const [frame] = sent(bench.flush(), b)
    expect(frame).toMatchObject({ entries: [{}, {}, {}] })
  })

  it('leaves announcing to the larger of two, and does it late where that one does not', () => {
    const [smaller, larger] = a < b ? [a, b] : [b, a]
    for (const [self, other, wait] of [
      [larger, smaller, LAZY_FLUSH_MILLIS],
      [smaller, larger, 2 * LAZY_FLUSH_MILLIS]
    ] as const) {
      const bench = new Bench([c, other], self)
      bench.received(c, message(1))
      bench.duplicate(other, message(1))
      expect(timers(bench.received(c, message(2, 'other')))).toEqual([wait])
    }
  })

  it('does not announce to who has announced the same', () => {
    const bench = new Bench()
    bench.received(a, message(1))
    bench.duplicate(b, message(1))
    bench.received(a, message(2, 'other'))
    bench.received(a, message(3, 'other'))
    bench.announced(b, message(2))
    const entries = [{ id: message(3).id, hops: 2 }]
    expect(sent(bench.flush(), b)).toEqual([{ type: 'ihave', entries }])
  })

  it('does so all the same where the message may change the tree', () => {
    const bench = new Bench()
    bench.received(a, message(1))
    bench.duplicate(b, message(1))
    bench.received(a, message(2))
    bench.announced(b, message(2))
    expect(sent(bench.flush(), b)).toHaveLength(1)
  })

  it('tells a new neighbour of what is just going round', () => {
    const bench = new Bench()
    bench.received(a, message(1))
    bench.now += 1_000
    const peer = idOf('d')
    expect(timers(bench.feed({ type: 'neighbor-up', peer }))).toEqual([LAZY_FLUSH_MILLIS])
    expect(sent(bench.flush(), peer)).toHaveLength(1)
  })

  it('tells all but whom it came from of what came as history and was said just now', () => {
    const bench = new Bench()
    const [old, news] = [message(1), message(2)]
    bench.feed({ type: 'obtained', id: old.id })
    bench.feed({ type: 'obtained', id: news.id, news: { from: a, message: news } })
    const outputs = bench.flush()
    const told = [{ type: 'ihave', entries: [{ id: news.id, hops: HOPS_MAX }] }]
    expect([a, b, c].map(peer => sent(outputs, peer))).toEqual([[], told, told])
  })
})

/** A member to which a message came by itself 6 s after it was announced. */
function lateBench(): Bench {
  const bench = new Bench()
  bench.announced(a, message(1))
  bench.now += 6_000
  bench.received(b, message(1))
  bench.overdue(0)
  return bench
}

/** Of those that may not change the tree while others talk. */
function common(n: number): VerifiedMessage {
  const one = message(n, 'other')
  return { ...one, id: `ffff${one.id.slice(4)}` as MessageId }
}

/** A member whose link to b is no link of the tree, while somebody else has the turn. */
function prunedBench(): Bench {
  const bench = new Bench([a, b])
  bench.received(a, message('first', 'speaker'))
  bench.duplicate(b, message('first', 'speaker'))
  return bench
}

describe('missing messages', () => {
  it('waits for the tree first, then asks one announcer after the other', () => {
    const bench = new Bench()
    expect(timers(bench.announced(a, message(1)))).toEqual([GRAFT_MILLIS])
    expect(bench.announced(b, message(1))).toEqual([])
    const graft = { type: 'graft', ids: [message(1).id] }
    expect(sent(bench.overdue(), a)).toEqual([graft])
    expect(sent(bench.overdue(), b)).toEqual([graft])
    expect(bench.overdue()).toEqual([])
    expect(bench.broadcast.load.missing).toBe(0)
  })

  it('asks nobody for what has come, pushed or by other means', () => {
    const bench = new Bench()
    bench.announced(a, message(1))
    bench.received(b, message(1))
    bench.announced(a, message(2))
    bench.feed({ type: 'obtained', id: message(2).id })
    expect(bench.overdue()).toEqual([])
    expect(bench.overdue()).toEqual([])
  })

  it('asks early after a link of the tree was lost', () => {
    const bench = new Bench()
    bench.received(a, message(1))
    bench.feed({ type: 'neighbor-down', peer: a })
    expect(timers(bench.announced(b, message(2)))).toEqual([GRAFT_SOON_MILLIS])
  })

  it('passes over announcers that are gone', () => {
    const bench = new Bench()
    bench.announced(a, message(1))
    bench.announced(b, message(1))
    bench.feed({ type: 'neighbor-down', peer: a })
    expect(sent(bench.overdue(), a)).toEqual([])
  })

  it('keeps no announcements for a neighbour that is gone', () => {
    const bench = new Bench()
    bench.received(a, message(1))
    bench.duplicate(b, message(1))
    bench.received(a, message(2))
    expect(bench.broadcast.load.queued).toBe(1)
    bench.feed({ type: 'neighbor-down', peer: b })
    expect(bench.broadcast.load.queued).toBe(0)
  })

  it('asks without changing the tree, and keeps the link once the message has come by it', () => {
    const bench = new Bench()
    bench.received(a, message(1))
    bench.duplicate(b, message(1))
    bench.announced(b, message(2))
    const graft = { type: 'graft', ids: [message(2).id] }
    expect(sent(bench.overdue(), b)).toEqual([graft, { type: 'prune' }])
    expect(sent(bench.received(b, message(2)), b)).toEqual([{ type: 'graft', ids: [] }])
    expect(bench.broadcast.eager.has(b)).toBe(true)
  })

  it('asks for all that is due at once, in one frame for each announcer', () => {
    const bench = new Bench()
    expect(timers(bench.announced(a, message(1)))).toEqual([GRAFT_MILLIS])
    bench.now += 10
    expect(timers(bench.announced(a, message(2)))).toEqual([])
    const ids = [message(1).id, message(2).id]
    expect(sent(bench.overdue())).toEqual([{ type: 'graft', ids }])
  })

  it.each([1, GRAFT_SPREAD_MILLIS])('survives a timer that fires %i ms early', before => {
    const bench = new Bench()
    bench.announced(a, message(1))
    const early = bench.overdue(GRAFT_MILLIS - before)
    expect(sent(early)).toEqual([])
    const [after = Number.NaN] = timers(early)
    expect(sent(bench.overdue(after))).toHaveLength(1)
  })

  it('waits for the parents of what was pushed as for what is announced', () => {
    const bench = new Bench()
    const ids = [message(2).id]
    bench.received(a, message(3))
    expect(timers(bench.feed({ type: 'named', from: a, ids }))).toEqual([GRAFT_MILLIS])
    expect(sent(bench.overdue(), a)).toEqual([{ type: 'graft', ids }])
  })

  it('waits longer where pushes were late, and for a while only', () => {
    const bench = new Bench()
    bench.announced(a, message(1))
    bench.now += 800
    bench.received(b, message(1))
    bench.overdue(0)
    expect(timers(bench.announced(a, message(2)))).toEqual([1_200])
    bench.received(b, message(2))
    bench.overdue(30_000)
    expect(timers(bench.announced(a, message(3)))).toEqual([GRAFT_MILLIS])
  })

  it('learns that it asked too early when what came after all comes again', () => {
    const bench = new Bench()
    bench.announced(a, message(1))
    bench.overdue()
    bench.received(a, message(1))
    bench.overdue(GRAFT_RETRY_MILLIS)
    bench.duplicate(b, message(1))
    expect(timers(bench.announced(a, message(2)))).toEqual([GRAFT_PROBE_MILLIS])
  })

  it('asks each neighbour for three messages and one a second while pushes are late, and retries soon', () => {
    const bench = lateBench()
    for (const n of [2, 3, 4, 5, 6]) bench.announced(a, message(n))
    bench.announced(b, message(2))
    const graft = (...ns: number[]) => [{ type: 'graft', ids: ns.map(n => message(n).id) }]
    expect(sent(bench.overdue(GRAFT_PROBE_MILLIS), a)).toEqual(graft(2, 3, 4))
    expect(sent(bench.overdue(GRAFT_RETRY_MILLIS), b)).toEqual(graft(2))
    const later = GRAFT_PROBE_PAUSE_MILLIS - GRAFT_RETRY_MILLIS
    expect(sent(bench.overdue(later), a)).toEqual(graft(5))
  })

  it('asks for all of it as soon as an answer shows that asking helps', () => {
    const bench = lateBench()
    for (let n = 2; n < 7; n++) bench.announced(a, message(n))
    bench.overdue(GRAFT_PROBE_MILLIS)
    bench.now += 100
    bench.received(a, message(2))
    const ids = [message(5).id, message(6).id]
    const after = GRAFT_PROBE_PAUSE_MILLIS - 100
    expect(sent(bench.overdue(after), a)).toContainEqual({ type: 'graft', ids })
  })

  it('asks for no more of it where an answer is slow', () => {
    const bench = lateBench()
    for (let n = 2; n < 8; n++) bench.announced(a, message(n))
    for (const [at, took] of [100, 100, 400, 100].entries()) {
      bench.overdue(at === 0 ? GRAFT_PROBE_MILLIS : GRAFT_PROBE_PAUSE_MILLIS)
      bench.now += took
      bench.received(a, message(2 + at))
      expect(sent(bench.overdue(GRAFT_SPREAD_MILLIS), a)).toEqual([])
    }
  })

  it('asks one neighbour in time for what it announces, however late others are with theirs', () => {
    const bench = lateBench()
    for (let n = 10; n < 20; n++) bench.announced(b, message(n))
    bench.now += GRAFT_PROBE_MILLIS - GRAFT_SPREAD_MILLIS
    bench.announced(a, message(2))
    expect(sent(bench.overdue(GRAFT_SPREAD_MILLIS), b)).toContainEqual({
      type: 'graft',
      ids: [10, 11, 12].map(n => message(n).id)
    })
    const graft = { type: 'graft', ids: [message(2).id] }
    expect(sent(bench.overdue(GRAFT_PROBE_MILLIS - GRAFT_SPREAD_MILLIS), a)).toContainEqual(graft)
  })

  it('does not take the push of another for the answer of whom it asked', () => {
    const bench = lateBench()
    for (const n of [2, 3, 4]) bench.announced(a, message(n))
    bench.overdue(GRAFT_PROBE_MILLIS)
    bench.now += 100
    bench.received(c, message(2))
    expect(sent(bench.overdue(GRAFT_SPREAD_MILLIS), a)).toEqual([])
  })

  it('asks for nothing in time that somebody only named, until they announce it', () => {
    const bench = lateBench()
    bench.feed({ type: 'named', from: a, ids: [message(2).id, message(3).id] })
    bench.announced(a, message(3))
    expect(sent(bench.overdue(GRAFT_PROBE_MILLIS), a)).toContainEqual({
      type: 'graft',
      ids: [message(3).id]
    })
  })

  it('asks at once for what was announced first where much is announced', () => {
    const bench = lateBench()
    for (let n = 0; n < MISSING_UNASKED_MAX + 2; n++) bench.announced(a, message(`one ${n}`))
    const ids = [message('one 0').id, message('one 1').id]
    expect(sent(bench.overdue(GRAFT_SPREAD_MILLIS), a)).toContainEqual({ type: 'graft', ids })
  })

  it('does not let one announcer fill the table', () => {
    const bench = new Bench()
    for (let at = 0; at < MISSING_MAX; at++) bench.announced(a, message(at))
    expect(bench.broadcast.load.missing).toBe(MISSING_PER_PEER_MAX)
    bench.announced(b, message('other'))
    expect(bench.broadcast.load.missing).toBe(MISSING_PER_PEER_MAX + 1)
  })
})

describe('the shape of the tree', () => {
  it('takes a shorter way in the place of a longer one, from the second message of an author on', () => {
    const bench = new Bench()
    bench.received(a, message(1), 5)
    bench.duplicate(b, message(1))
    expect(sent(bench.announced(b, message(1), 2))).toEqual([])
    bench.received(a, message(2), 5)
    const outputs = bench.announced(b, message(2), 2)
    expect(sent(outputs, b)).toEqual([{ type: 'graft', ids: [] }])
    expect(sent(outputs, a)).toEqual([{ type: 'prune' }])
    expect([...bench.broadcast.lazy]).toEqual([a])
  })

  it('is not changed by other authors while one has the turn', () => {
    const bench = new Bench()
    bench.received(a, message(1, 'speaker'))
    bench.now += 1_000
    bench.received(b, message(2, 'speaker'))
    bench.now += 1_000
    const other = message(3, 'other')
    bench.received(a, other)
    expect(bench.duplicate(b, other)).toEqual([])
    expect(bench.broadcast.eager.has(b)).toBe(true)
  })

  it('is changed by rare messages only while many talk, whoever they are of', () => {
    const bench = new Bench()
    for (let n = 0; n < 20; n++) bench.received(n % 2 ? a : b, message(n, `author ${n}`))
    const common = { ...message('common'), id: `ffff${message('common').id.slice(4)}` as MessageId }
    bench.received(a, common)
    expect(bench.duplicate(b, common)).toEqual([])
    const rare = message('rare')
    bench.received(a, rare)
    expect(sent(bench.duplicate(b, rare))).toEqual([{ type: 'prune' }])
  })

  it('is mended where a second message had to be asked for, and nothing came by itself meanwhile', () => {
    const bench = prunedBench()
    const ask = (n: number) => {
      bench.announced(b, common(n))
      bench.overdue(MEND_PAUSE_MILLIS)
      bench.received(b, common(n))
    }
    ask(1)
    expect(bench.broadcast.eager.has(b)).toBe(false)
    ask(2)
    expect(bench.broadcast.eager.has(b)).toBe(true)
  })

  it('is not mended again within a second', () => {
    const bench = prunedBench()
    const ask = (n: number, after: number) => {
      bench.announced(b, common(n))
      bench.overdue(after)
      bench.received(b, common(n))
    }
    ask(1, MEND_PAUSE_MILLIS)
    ask(2, MEND_PAUSE_MILLIS)
    expect(bench.broadcast.eager.has(b)).toBe(true)
    bench.feed({ type: 'frame', from: b, frame: { type: 'prune' } })
    ask(3, MEND_PAUSE_MILLIS / 2)
    ask(4, MEND_PAUSE_MILLIS / 2)
    expect(bench.broadcast.eager.has(b)).toBe(false)
    ask(5, MEND_PAUSE_MILLIS / 2)
    expect(bench.broadcast.eager.has(b)).toBe(true)
  })

  it('is not mended by what nobody was asked for', () => {
    const bench = prunedBench()
    for (const n of [1, 2, 3]) {
      bench.now += MEND_PAUSE_MILLIS
      bench.announced(b, common(n))
      bench.received(b, common(n))
    }
    expect(bench.broadcast.eager.has(b)).toBe(false)
  })

  it('is left alone where what was asked for comes by itself after all', () => {
    const bench = prunedBench()
    for (const n of [1, 2, 3]) {
      bench.announced(b, common(n))
      bench.overdue(MEND_PAUSE_MILLIS)
      bench.received(b, common(n))
      bench.now += 100
      bench.duplicate(a, common(n))
      bench.now += 60_000
    }
    expect(bench.broadcast.eager.has(b)).toBe(false)
  })

  it('does without a new link that brings only duplicates, whoever speaks', () => {
    const bench = new Bench([a, b])
    bench.received(a, message(1, 'speaker'))
    bench.feed({ type: 'neighbor-up', peer: c })
    const other = message(2, 'other')
    bench.received(a, other)
    expect(sent(bench.duplicate(c, other))).toEqual([{ type: 'prune' }])
  })
})

describe('whatever happens', () => {
  const peer = fc.constantFrom(a, b, c, idOf('stranger'))
  const name = fc.integer({ min: 0, max: 30 })
  const id = name.map(each => message(each).id)
  const hops = fc.oneof(fc.integer({ min: -3, max: 400 }), fc.constant(Number.NaN))
  const frame: fc.Arbitrary<Exclude<BroadcastFrame, { type: 'message' | 'mesh' }>> = fc.oneof(
    fc.record({
      type: fc.constant('ihave' as const),
      entries: fc.array(fc.record({ id, hops }), { maxLength: 2 * IHAVE_MAX })
    }),
    fc.record({ type: fc.constant('graft' as const), ids: fc.array(id) }),
    fc.record({ type: fc.constant('prune' as const) })
  )
  const input: fc.Arbitrary<BroadcastInput> = fc.oneof(
    fc.record({ type: fc.constantFrom('neighbor-up' as const, 'neighbor-down' as const), peer }),
    fc.record({ type: fc.constant('frame' as const), from: peer, frame }),
    fc.record({ type: fc.constant('duplicate' as const), from: peer, id }),
    fc.record({ type: fc.constant('obtained' as const), id }),
    fc.record({
      type: fc.constant('received' as const),
      from: peer,
      message: name.map(each => message(each, `${each % 3}`)),
      hops
    }),
    fc.record({ type: fc.constant('named' as const), from: peer, ids: fc.array(id) }),
    fc.constant({ type: 'timer' as const, timer: { name: 'graft' as const } }),
    fc.constant({ type: 'timer' as const, timer: { name: 'lazy-flush' as const, at: 1_100 } })
  )

  it('pushes no message twice on a link unless asked, and speaks to neighbours only', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 200 }), inputs => {
        const bench = new Bench([])
        const neighbours = new Set<PeerKey>()
        for (const each of inputs) {
          bench.now += 100
          if (each.type === 'neighbor-up') neighbours.add(each.peer)
          if (each.type === 'neighbor-down') neighbours.delete(each.peer)
          for (const output of bench.feed(each)) {
            if (output.type !== 'send') continue
            expect(neighbours.has(output.to)).toBe(true)
            if (output.frame.type === 'ihave') {
              expect(output.frame.entries.length).toBeLessThanOrEqual(IHAVE_MAX)
            }
            if (output.frame.type === 'message') {
              expect(output.frame.hops).toBeGreaterThanOrEqual(1)
              expect(output.frame.hops).toBeLessThanOrEqual(255)
            }
          }
          const { eager, lazy } = bench.broadcast
          expect(eager.size + lazy.size).toBe(neighbours.size)
        }
      }),
      { numRuns: 200 }
    )
  })
})
