import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  LINK_RECONCILE_RATE,
  MAX_RECONCILE_BYTES,
  MAX_RECONCILE_ROUNDS,
  RECONCILE_FRAME_BYTES
} from '../../../../src/protocol/config.js'
import { boundAt, INFINITY } from '../../../../src/protocol/history/negentropy/bound.js'
import { decodeRanges, MessageWriter } from '../../../../src/protocol/history/negentropy/message.js'
import {
  type Item,
  ItemSet,
  Reconciler
} from '../../../../src/protocol/history/reconcile/reconcile.js'
import { MAX_RECONCILE_WORK } from '../../../../src/protocol/history/tuning.js'
import { difference, exchange, idOf, sorted } from '../../../support/reconcile.js'

const items = (from: number, to: number, timestampOf = (i: number) => i): Item[] =>
  Array.from({ length: to - from }, (_, i) => ({
    timestamp: timestampOf(from + i),
    id: idOf(from + i)
  }))

const initiator = (set = new ItemSet()) => new Reconciler(set, { initiator: true })
const responder = (set = new ItemSet()) => new Reconciler(set, { initiator: false })
const bytes = (...values: number[]) => Uint8Array.from(values)
/** Without Buffer's prototype, which `toEqual` minds. */
const plain = (message: Uint8Array) => new Uint8Array(message)
const hex = (message: Uint8Array) => Buffer.from(message).toString('hex')

describe('the first message', () => {
  it('is an empty id list where there is nothing', () => {
    expect(hex(initiator().open())).toBe('6100000200')
  })

  it('lists up to 31 ids in order', () => {
    const set = ItemSet.from(items(0, 31).reverse())
    const ids = items(0, 31).map(item => item.id)
    expect(hex(initiator(set).open())).toBe(`610000021f${ids.join('')}`)
  })

  it('has sixteen fingerprints from 32 items on, the larger parts first', () => {
    const set = ItemSet.from(items(0, 33))
    const decoded = decodeRanges(plain(initiator(set).open()).subarray(1))
    if (!decoded.ok) throw new Error(decoded.reason)
    expect(decoded.ranges.map(range => range.mode)).toEqual(Array(16).fill('fingerprint'))
    expect(decoded.ranges.map(range => Number(range.upper.timestamp)).slice(0, 3)).toEqual([
      3, 5, 7
    ])
    expect(decoded.ranges.at(-1)?.upper).toEqual(INFINITY)
    expect(decoded.ranges[0]).toMatchObject({ fingerprint: plain(set.fingerprint(0, 3)) })
  })

  it('skips what is before its window', () => {
    const set = ItemSet.from(items(0, 10))
    const opening = new Reconciler(set, { initiator: true, since: 9 }).open()
    expect(hex(opening)).toBe(`610a000000000201${idOf(9)}`)
  })
})

describe('an answer', () => {
  it('is charged with what a message costs that came in among the oldest meanwhile', () => {
    const set = ItemSet.from(items(1, 20_000))
    const question = initiator(ItemSet.from(items(1, 20_000))).open()
    const work = () => responder(set).answer(question).work
    work()
    const usual = work()
    set.add({ timestamp: 0, id: idOf(0) })
    expect(work()).toBeGreaterThan(usual + 20)
  })

  it('is the version alone where both have the same', () => {
    const set = ItemSet.from(items(0, 500))
    const answer = responder(set).answer(initiator(set).open())
    expect(answer.ok && hex(answer.reply ?? bytes())).toBe('61')
    expect(initiator(set).answer(bytes(0x61))).toMatchObject({ ok: true, have: [], need: [] })
  })

  it('tells the initiator alone what the other side lacks, and what we lack', () => {
    const [ours, theirs] = [items(0, 20), items(10, 30)]
    const opening = initiator(ItemSet.from(ours)).open()
    const reply = responder(ItemSet.from(theirs)).answer(opening)
    expect(reply).toMatchObject({ ok: true, have: [], need: [] })
    const { have, need } = exchange(ItemSet.from(ours), ItemSet.from(theirs))
    expect(sorted(have)).toEqual(sorted(difference(ours, theirs)))
    expect(sorted(need)).toEqual(sorted(difference(theirs, ours)))
  })

  it('to another version is the highest that we speak', () => {
    for (const version of [0x60, 0x62, 0x6f]) {
      const answer = responder().answer(bytes(version, 0xaa, 0xbb))
      expect(answer).toMatchObject({ ok: true, reply: bytes(0x61), have: [], need: [] })
    }
  })

  it('ends an exchange with somebody who speaks no version of ours', () => {
    expect(initiator().answer(bytes(0x60))).toMatchObject({
      ok: false,
      reason: 'unsupported-version'
    })
  })

  it.each([
    ['nothing', bytes(), 'not-negentropy'],
    ['another protocol', bytes(0x5f), 'not-negentropy'],
    ['another protocol', bytes(0x70), 'not-negentropy'],
    ['half a range', bytes(0x61, 0), 'malformed'],
    ['a giant', new Uint8Array(MAX_RECONCILE_BYTES + 1).fill(0x61), 'too-large']
  ])('refuses %s', (_, message, reason) => {
    expect(responder().answer(message)).toMatchObject({ ok: false, reason })
    expect(initiator().answer(message)).toMatchObject({ ok: false, reason })
  })

  it('refuses to go on for ever', () => {
    const endless = initiator(ItemSet.from(items(0, 5)))
    const question = bytes(0x61, 0, 0, 1, ...new Uint8Array(16))
    for (let round = 0; round < MAX_RECONCILE_ROUNDS; round++) {
      expect(endless.answer(question).ok).toBe(true)
    }
    expect(endless.answer(question)).toMatchObject({ ok: false, reason: 'too-many-rounds' })
  })

  it('names an id once, however often the other side lists it', () => {
    const id = Buffer.from(idOf(1), 'hex')
    const list = [...bytes(2, 3), ...id, ...id, ...id]
    const answer = initiator().answer(bytes(0x61, 9, 0, ...list, 0, 0, ...list))
    expect(answer).toMatchObject({ ok: true, have: [], need: [idOf(1)] })
  })

  it('keeps timestamps apart that are beyond every item', () => {
    const top = 2n ** 63n
    const upper = [0x81, ...Array(8).fill(0x80), 0x01]
    const answer = responder().answer(bytes(0x61, ...upper, 0, 0, 0, 0, 1, ...new Uint8Array(16)))
    expect(answer.ok && hex(answer.reply ?? bytes())).toBe(`61${hex(bytes(...upper))}000000000200`)
    const decoded = decodeRanges(bytes(...upper, 0, 0))
    expect(decoded.ok && decoded.ranges[0]?.upper.timestamp).toBe(top)
  })
})

describe('the frame size limit', () => {
  const [ours, theirs] = [items(0, 3_000, i => i % 700), items(2_000, 5_000, i => i % 700)]

  it.each([4_096, 10_000, RECONCILE_FRAME_BYTES])(
    '%i is obeyed, and the union found',
    frameSizeLimit => {
      const result = exchange(ItemSet.from(ours), ItemSet.from(theirs), { frameSizeLimit })
      for (const message of result.messages)
        expect(message.byteLength).toBeLessThanOrEqual(frameSizeLimit)
      expect(sorted(new Set(result.have))).toEqual(sorted(difference(ours, theirs)))
      expect(sorted(new Set(result.need))).toEqual(sorted(difference(theirs, ours)))
    }
  )

  it('is 4,096 or more', () => {
    const tooSmall = () => new Reconciler(new ItemSet(), { initiator: true, frameSizeLimit: 4_095 })
    expect(tooSmall).toThrow(RangeError)
  })
})

describe('the work of an answer', () => {
  const fingerprints = (count: number) => {
    const writer = new MessageWriter(60_000)
    for (let n = 1; n <= count; n++) {
      const fingerprint = new Uint8Array(16)
      writer.tryWrite([{ mode: 'fingerprint', upper: boundAt(n), fingerprint }])
    }
    return writer.finish()
  }

  it('grows with what had to be summed, and not with the size of the question', () => {
    const set = ItemSet.from(items(0, 2_000, i => i % 3_000))
    const workOf = (question: Uint8Array) => responder(set).answer(question).work
    expect(workOf(initiator(set).open())).toBeLessThan(30)
    expect(workOf(fingerprints(10))).toBeGreaterThanOrEqual(20)
    expect(workOf(fingerprints(400))).toBeGreaterThanOrEqual(800)
  })

  it('is bounded: what is left is answered with one fingerprint', () => {
    const set = ItemSet.from(items(0, 2_000, i => i % 3_000))
    const answer = responder(set).answer(fingerprints(3_000))
    if (!answer.ok || answer.reply === undefined) throw new Error('refused')
    expect(answer.work).toBeLessThan(MAX_RECONCILE_WORK + 800)
    const decoded = decodeRanges(plain(answer.reply).subarray(1))
    if (!decoded.ok) throw new Error(decoded.reason)
    const last = decoded.ranges.at(-1)
    expect(last).toMatchObject({ mode: 'fingerprint', upper: boundAt(3_000) })
    expect(decoded.ranges.length).toBeLessThan(MAX_RECONCILE_WORK + 100)
  })

  it('lets two large sets that have nothing in common find each other', () => {
    const [ours, theirs] = [items(0, 11_000), items(11_000, 22_000, i => i - 11_000)]
    const { have, need, work } = exchange(ItemSet.from(ours), ItemSet.from(theirs))
    expect(new Set(have).size + new Set(need).size).toBe(22_000)
    // Twice that may be spent at once, on one link.
    expect(2 * work).toBeLessThan(LINK_RECONCILE_RATE.burst)
  })
})

describe('a window', () => {
  it('keeps both sides from what is before it', () => {
    const [ours, theirs] = [items(0, 400), items(100, 600)]
    const result = exchange(ItemSet.from(ours), ItemSet.from(theirs), { since: 90 })
    expect(sorted(result.have)).toEqual(sorted(items(90, 100).map(item => item.id)))
    expect(sorted(result.need)).toEqual(sorted(items(400, 600).map(item => item.id)))
  })

  it("keeps both sides from what is before the responder's mark", () => {
    const plans = fc.record({
      ours: fc.uniqueArray(fc.nat(200)),
      theirs: fc.uniqueArray(fc.nat(200)),
      mark: fc.nat(200),
      since: fc.nat(200)
    })
    fc.assert(
      fc.property(plans, ({ mark, ours, since, theirs }) => {
        const of = (ns: number[]) => ns.map(n => ({ timestamp: n, id: idOf(n) }))
        const sets = [ItemSet.from(of(ours)), ItemSet.from(of(theirs))] as const
        const { have, need } = exchange(...sets, { since, theirSince: mark })
        const within = (item: Item) => item.timestamp >= Math.max(since, mark)
        const [a, b] = [of(ours).filter(within), of(theirs).filter(within)]
        expect(sorted(new Set(have))).toEqual(sorted(difference(a, b)))
        expect(sorted(new Set(need))).toEqual(sorted(difference(b, a)))
      })
    )
  })
})

describe('ItemSet', () => {
  const shuffled = items(0, 1_000, i => i % 50).sort((a, b) => (a.id < b.id ? -1 : 1))
  const ids = (set: ItemSet) => [...set.ids(0, set.size)]

  it('is the same whether made at once or bit by bit, in any order, with duplicates', () => {
    const [whole, grown] = [ItemSet.from([...shuffled, ...shuffled]), new ItemSet()]
    shuffled.forEach((item, i) => {
      grown.add(item)
      grown.add(shuffled[i >> 1] ?? item)
      if (i % 7 === 0) grown.fingerprint(0, grown.size)
    })
    expect(ids(grown)).toEqual(ids(whole))
    expect(grown.size).toBe(1_000)
    expect(grown.fingerprint(0, 1_000)).toEqual(whole.fingerprint(0, 1_000))
    expect(grown.fingerprint(333, 777)).toEqual(whole.fingerprint(333, 777))
  })

  it('is what was added and not removed since, in whatever order', () => {
    const steps = fc.array(fc.tuple(fc.nat(60), fc.constantFrom('add', 'delete', 'look')), {
      maxLength: 300
    })
    fc.assert(
      fc.property(steps, fc.constantFrom(20, 990), (all, from) => {
        const set = ItemSet.from(shuffled.slice(from))
        const left = new Set(shuffled.slice(from))
        for (const [n, step] of all) {
          const item = shuffled[n] as Item
          if (step === 'look') set.fingerprint(Math.min(n, set.size), set.size)
          else if (step === 'add') set.add(item)
          else set.delete(item)
          if (step !== 'look') left[step](item)
        }
        const expected = ItemSet.from(left)
        expect(ids(set)).toEqual(ids(expected))
        const end = Math.min(600, set.size)
        expect(set.fingerprint(5, end)).toEqual(expected.fingerprint(5, end))
      }),
      { numRuns: 100 }
    )
  })

  it.each([-1, 1.5, Number.NaN, 2 ** 53])('refuses the timestamp %d', timestamp => {
    expect(() => new ItemSet().add({ timestamp, id: idOf(1) })).toThrow(RangeError)
    expect(() => ItemSet.from([{ timestamp, id: idOf(1) }])).toThrow(RangeError)
  })

  it('may change in the middle of an exchange', () => {
    const [ours, theirs] = [ItemSet.from(items(0, 2_000)), ItemSet.from(items(1_000, 3_000))]
    const asker = initiator(ours)
    const known = new Set<string>(ids(ours))
    for (let question: Uint8Array | undefined = asker.open(), late = 5_000; question; late++) {
      theirs.add({ timestamp: late % 2_500, id: idOf(late) })
      const reply = responder(theirs).answer(question)
      const answer = asker.answer((reply.ok && reply.reply) || bytes())
      if (!answer.ok) throw new Error(answer.reason)
      for (const id of answer.need) known.add(id)
      question = answer.reply
    }
    for (const { id } of items(0, 3_000)) expect(known.has(id)).toBe(true)
  })
})
