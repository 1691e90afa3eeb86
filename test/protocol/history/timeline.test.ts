import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { hash } from '../../../src/base/crypto.js'
import { type IdentityKey, idFromBytes, type MessageId, type Topic } from '../../../src/base/ids.js'
import {
  MAX_CLOCK_AHEAD_MILLIS,
  MAX_CLOCK_LEAD_MILLIS,
  MAX_EPHEMERAL_AGE_MILLIS,
  MAX_PRESENCE_AGE_MILLIS
} from '../../../src/protocol/config.js'
import { DEFAULT_KEEP } from '../../../src/protocol/history/keep-limits.js'
import { Timeline } from '../../../src/protocol/history/timeline.js'
import { HOLE_LIFE_MILLIS } from '../../../src/protocol/history/tuning.js'
import {
  KIND_INVITATION,
  KIND_INVITATION_REVOCATION,
  KIND_INVITATION_USE,
  KIND_PRESENCE,
  KIND_SUSPICION,
  KIND_TEXT
} from '../../../src/protocol/wire/kinds.js'
import type { VerifiedMessage } from '../../../src/protocol/wire/message.js'
import { shelvedOf } from '../../../src/room/kept/shelved.js'
import { EPOCH } from '../../support/harness.js'
import { exchange } from '../../support/reconcile.js'

const idOf = (name: string | number) => idFromBytes<MessageId>(hash([Buffer.from(`${name}`)]))

// Only tests make messages that nobody has signed.
const message = (
  name: string | number,
  clock: number,
  parents: MessageId[] = [],
  kind = KIND_TEXT,
  { author = 'ab'.repeat(32), bytes = 0 } = {}
) =>
  ({
    id: idOf(name),
    kind,
    clock,
    parents,
    author: author as IdentityKey,
    body: new Uint8Array(0),
    sealed: new Uint8Array(bytes)
  }) as unknown as VerifiedMessage

/** A store that cannot give what it has. */
const NO_BYTES = { recall: () => undefined, room: { topic: 'cd'.repeat(32) as Topic } }

describe('the logical clock', () => {
  test('is the time, or just after what was seen', () => {
    const timeline = new Timeline()
    expect(timeline.tick(EPOCH)).toBe(EPOCH)
    expect(timeline.tick(EPOCH)).toBe(EPOCH + 1)
    timeline.observe(EPOCH + 500)
    expect(timeline.tick(EPOCH + 10)).toBe(EPOCH + 501)
    expect(timeline.tick(EPOCH + 1_000)).toBe(EPOCH + 1_000)
  })

  test('cannot be pushed so far that ours is refused', () => {
    const timeline = new Timeline()
    timeline.observe(EPOCH + MAX_CLOCK_AHEAD_MILLIS)
    expect(timeline.tick(EPOCH)).toBe(EPOCH + MAX_CLOCK_LEAD_MILLIS)
    expect(timeline.tick(EPOCH)).toBe(EPOCH + MAX_CLOCK_LEAD_MILLIS + 1)
  })

  test('too far ahead, and older than its kind may be, is refused', () => {
    const timeline = new Timeline()
    const faultOf = (clock: number, kind?: number) =>
      timeline.fault(message('m', clock, [], kind), EPOCH)
    expect(faultOf(EPOCH + MAX_CLOCK_AHEAD_MILLIS)).toBeUndefined()
    expect(faultOf(EPOCH + MAX_CLOCK_AHEAD_MILLIS + 1)).toBe('ahead')
    expect(faultOf(EPOCH - DEFAULT_KEEP.maxAgeMillis)).toBeUndefined()
    expect(faultOf(EPOCH - DEFAULT_KEEP.maxAgeMillis - 1)).toBe('old')
    expect(faultOf(EPOCH - MAX_PRESENCE_AGE_MILLIS, KIND_PRESENCE)).toBeUndefined()
    expect(faultOf(EPOCH - MAX_PRESENCE_AGE_MILLIS - 1, KIND_PRESENCE)).toBe('old')
    expect(faultOf(EPOCH - MAX_EPHEMERAL_AGE_MILLIS, KIND_SUSPICION)).toBeUndefined()
    expect(faultOf(EPOCH - MAX_EPHEMERAL_AGE_MILLIS - 1, KIND_SUSPICION)).toBe('old')
  })
})

describe('heads and parents', () => {
  test('a parent is no head, in whatever order they come', () => {
    const one = message('one', EPOCH)
    const two = message('two', EPOCH + 1, [one.id])
    const ordered = new Timeline()
    expect(ordered.add(one, EPOCH)).toEqual({ kept: true, headsChanged: true, missing: [] })
    expect(ordered.add(two, EPOCH)).toEqual({ kept: true, headsChanged: true, missing: [] })
    const reversed = new Timeline()
    expect(reversed.add(two, EPOCH)).toEqual({
      kept: true,
      headsChanged: true,
      missing: [one.id]
    })
    expect(reversed.hasHoles(EPOCH)).toBe(true)
    expect(reversed.add(one, EPOCH)).toEqual({
      kept: true,
      headsChanged: false,
      missing: []
    })
    expect(reversed.hasHoles(EPOCH)).toBe(false)
    expect(ordered.heads()).toEqual([two.id])
    expect(reversed.heads()).toEqual([two.id])
  })

  test('at most 8 heads, the newest', () => {
    const timeline = new Timeline()
    const all = Array.from({ length: 12 }, (_, n) => message(n, EPOCH + n))
    for (const each of all) timeline.add(each, EPOCH)
    expect(timeline.heads()).toEqual(
      all
        .slice(4)
        .map(({ id }) => id)
        .reverse()
    )
  })

  test('ephemeral messages move the clock only', () => {
    const timeline = new Timeline()
    timeline.add(message('presence', EPOCH + 9, [], KIND_PRESENCE), EPOCH)
    expect(timeline.size).toBe(0)
    expect(timeline.heads()).toEqual([])
    expect(timeline.tick(EPOCH)).toBe(EPOCH + 10)
  })

  test('any order of arrival gives the same order, heads and items', () => {
    const shape = fc.array(fc.array(fc.nat(20), { maxLength: 3 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(shape, fc.infiniteStream(fc.double({ noNaN: true })), (parents, keys) => {
        const graph = parents.map((ns, at) => {
          const earlier = [...new Set(ns.filter(n => n < at))].map(idOf)
          return message(at, EPOCH + Math.floor(at / 2), earlier)
        })
        const shuffled = graph
          .map(each => ({ each, key: Number(keys.next().value) }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ each }) => each)
        const [a, b] = [new Timeline(), new Timeline()]
        for (const each of graph) a.add(each, EPOCH)
        for (const each of shuffled) b.add(each, EPOCH)
        expect(b.heads()).toEqual(a.heads())
        expect(b.messages()).toEqual(a.messages())
        const named = new Set(graph.flatMap(each => each.parents))
        const heads = graph.filter(({ id }) => !named.has(id))
        expect(new Set(a.heads())).toEqual(new Set(heads.slice(-8).map(({ id }) => id)))
      })
    )
  })
})

describe('a hole', () => {
  test('is one until the message comes, or ten minutes have passed', () => {
    const timeline = new Timeline()
    timeline.add(message('child', EPOCH, [idOf('parent')]), EPOCH)
    expect(timeline.hasHoles(EPOCH + HOLE_LIFE_MILLIS)).toBe(true)
    const later = EPOCH + 1.1 * HOLE_LIFE_MILLIS
    expect(timeline.hasHoles(later)).toBe(false)
    timeline.add(message('late', EPOCH, [idOf('other')]), later)
    expect(timeline.hasHoles(later)).toBe(true)
    timeline.add(message('other', EPOCH - 1), later)
    expect(timeline.hasHoles(later)).toBe(false)
  })

  test('is none where the message was here', () => {
    const timeline = new Timeline({ keep: { maxMessages: 11 } })
    const all = Array.from({ length: 12 }, (_, n) => message(n, EPOCH + n))
    for (const each of all) timeline.add(each, EPOCH)
    expect(timeline.has(idOf(0))).toBe(false)
    const child = message('child', EPOCH + 99, [idOf(0), idOf(11)])
    expect(timeline.add(child, EPOCH)).toMatchObject({ kept: true, missing: [] })
    expect(timeline.hasHoles(EPOCH)).toBe(false)
  })
})

describe('a full timeline', () => {
  const by = (author: string, name: string, clock: number, bytes = 0) =>
    message(`${author} ${name}`, clock, [], KIND_TEXT, { author: author.repeat(32), bytes })
  const authors = ['aa', 'bb', 'cc', 'dd', 'ee']
  const textsBy = (timeline: Timeline, author: string) =>
    timeline.messages().filter(each => each.author === author.repeat(32)).length

  test('is bounded: the oldest go, are not asked for again, and leave nothing behind', () => {
    const forgotten: MessageId[] = []
    const timeline = new Timeline({
      keep: { maxMessages: 110 },
      onforget: ({ id }) => forgotten.push(id)
    })
    const all = Array.from({ length: 250 }, (_, n) =>
      message(n, EPOCH + n, n > 0 ? [idOf(n - 1)] : [])
    )
    for (const each of all) timeline.add(each, EPOCH)
    expect(timeline.size).toBe(80)
    expect(timeline.items.size).toBe(80)
    expect(forgotten).toEqual(all.slice(0, 170).map(({ id }) => id))
    expect(timeline.heads()).toEqual([idOf(249)])
    expect(timeline.messages()).toEqual(all.slice(170))
    expect(timeline.load).toEqual({ heads: 1, children: 80, holes: 0, had: 170, whole: 80 })
    expect(timeline.knows(idOf(3))).toBe(true)
    expect(timeline.add(all[3] as VerifiedMessage, EPOCH)).toMatchObject({ kept: false })
    timeline.expire(EPOCH + DEFAULT_KEEP.maxAgeMillis + 100)
    expect(timeline.load.had).toBe(70)
    expect(timeline.knows(idOf(3))).toBe(false)
  })

  test('keeps within its bytes, whatever the sizes', () => {
    const timeline = new Timeline({ keep: { maxBytes: 200_000 } })
    let bytes = 0
    for (let n = 0; n < 300; n++) {
      const each = by('aa', `${n}`, EPOCH + n, [100, 2_000, 7_000][n % 3])
      bytes += each.sealed.byteLength
      timeline.add(each, EPOCH)
    }
    const kept = timeline.messages().reduce((sum, { sealed }) => sum + sealed.byteLength, 0)
    expect(bytes).toBeGreaterThan(800_000)
    expect(kept).toBeLessThanOrEqual(200_000)
    expect(kept).toBeGreaterThan(50_000)
  })

  test('of whatever age has no oldest, and is bounded all the same', () => {
    const timeline = new Timeline({ keep: { maxAgeMillis: 0, maxMessages: 11 } })
    expect(timeline.fault({ clock: 1, kind: KIND_TEXT }, EPOCH)).toBeUndefined()
    for (let n = 0; n < 30; n++) timeline.add(by('aa', `${n}`, 1 + n), EPOCH)
    timeline.expire(EPOCH)
    expect(timeline.size).toBe(8)
  })

  test('keeps ids of what it had within twice its bound', () => {
    const timeline = new Timeline({ keep: { maxMessages: 11 } })
    for (let n = 0; n < 100; n++) timeline.add(by('aa', `${n}`, EPOCH + n), EPOCH)
    expect(timeline.load.had).toBe(22)
    expect(timeline.knows(by('aa', '91', 0).id)).toBe(true)
    expect(timeline.knows(by('aa', '1', 0).id)).toBe(false)
  })

  test('makes a parent a head again when the only message that named it goes', () => {
    const timeline = new Timeline({ keep: { maxMessages: 11 } })
    const parent = by('bb', 'parent', EPOCH)
    const child = message('child', EPOCH + 1, [parent.id], KIND_TEXT, { author: 'aa'.repeat(32) })
    timeline.add(parent, EPOCH)
    timeline.add(child, EPOCH)
    expect(timeline.heads()).toEqual([child.id])
    for (let n = 0; n < 7; n++) timeline.add(by('aa', `${n}`, EPOCH + 10 + n), EPOCH)
    expect(timeline.has(child.id)).toBe(false)
    expect(timeline.heads()).toContain(parent.id)
  })

  test('has room apart for long messages: bytes are bounded, and short ones not pushed out', () => {
    const timeline = new Timeline({ keep: { maxMessages: 110 } })
    for (let n = 0; n < 80; n++) timeline.add(by('aa', `short ${n}`, EPOCH + n, 1_024), EPOCH)
    for (let n = 0; n < 80; n++) timeline.add(by('aa', `long ${n}`, EPOCH + n, 4_096), EPOCH)
    for (let n = 0; n < 80; n++) timeline.add(by('aa', `huge ${n}`, EPOCH + n, 8_600), EPOCH)
    expect(timeline.size).toBe(80 + 20 + 10)
    const bytes = timeline.messages().reduce((sum, { sealed }) => sum + sealed.byteLength, 0)
    expect(bytes).toBe(80 * 1_024 + 20 * 4_096 + 10 * 8_600)
  })

  const LASTING = [KIND_INVITATION, KIND_INVITATION_USE, KIND_INVITATION_REVOCATION]
  const lasting = (author: string, n: number, kind = KIND_INVITATION) =>
    message(`${author} ${n} ${kind}`, EPOCH + n, [], kind, { author: author.repeat(32) })

  test('has room apart for what tells of invitations: talk pushes none out, nor uses invitations, and each author has 64 of each', () => {
    const timeline = new Timeline({ keep: { maxMessages: 10 } })
    timeline.add(lasting('aa', 0), EPOCH)
    for (let n = 1; n < 300; n++) timeline.add(by('aa', `${n}`, EPOCH + n), EPOCH)
    const talk = () => timeline.messages().filter(({ kind }) => kind === KIND_TEXT)
    const kept = talk()
    expect(kept.length).toBeGreaterThan(5)
    for (let n = 1; n < 300; n++) timeline.add(lasting('aa', n, KIND_INVITATION_USE), EPOCH)
    expect(timeline.has(lasting('aa', 0).id)).toBe(true)
    for (let n = 0; n < 80; n++) timeline.add(lasting('bb', n), EPOCH)
    expect(talk(), 'they push out no talk').toEqual(kept)
    const told = timeline.messages().filter(({ kind }) => kind === KIND_INVITATION)
    expect(told.map(({ id }) => id).sort()).toEqual(
      [lasting('aa', 0), ...Array.from({ length: 64 }, (_, n) => lasting('bb', n + 16))]
        .map(({ id }) => id)
        .sort()
    )
    // Longer than any that means well.
    const long = message('long', EPOCH, [], KIND_INVITATION, {
      author: 'cc'.repeat(32),
      bytes: 2_000
    })
    expect(timeline.add(long, EPOCH).kept).toBe(false)
  })

  test('keeps what tells of invitations however old it is, in order, and looks for none of its parents', () => {
    const timeline = new Timeline({ keep: { maxAgeMillis: 1_000 } })
    const wall = EPOCH + 10_000
    const [old, line, recent] = [
      lasting('aa', 1),
      by('aa', 'line', wall - 500),
      lasting('aa', 9_800)
    ]
    for (const each of [recent, line, by('aa', 'past', EPOCH + 2)]) timeline.add(each, EPOCH)
    expect([timeline.fault(old, wall), timeline.fault(by('aa', 'past', EPOCH + 2), wall)]).toEqual([
      undefined,
      'old'
    ])
    const orphan = message('orphan', EPOCH + 3, [idOf(1)], KIND_INVITATION)
    expect(timeline.add(orphan, EPOCH).missing).toEqual([])
    timeline.add(old, EPOCH)
    timeline.expire(wall)
    expect(timeline.messages().map(({ id }) => id)).toEqual(
      [old, orphan, line, recent].map(({ id }) => id)
    )
    // Of the order: no message is looked at for it.
    const node = vi.spyOn(timeline, 'node')
    expect(timeline.idsBetween(EPOCH + 2, wall - 400)).toEqual([orphan.id, line.id])
    expect(node).not.toHaveBeenCalled()
    expect(timeline.hasHoles(EPOCH)).toBe(false)
  })

  test('is the same set of them in whatever order they come, for members who keep as much else as they like', () => {
    const shape = fc.array(
      fc.record({
        author: fc.constantFrom(...authors),
        clock: fc.nat(40),
        kind: fc.constantFrom(KIND_TEXT, ...LASTING)
      }),
      { maxLength: 60 }
    )
    const keeping = fc.record({
      maxMessages: fc.integer({ min: 1, max: 50 }),
      maxAgeMillis: fc.constantFrom(0, 20)
    })
    fc.assert(
      fc.property(
        shape,
        keeping,
        keeping,
        fc.infiniteStream(fc.nat()),
        (shapes, ours, theirs, keys) => {
          const all = shapes.map(({ author, clock, kind }, n) =>
            message(n, EPOCH + clock, [], kind, { author: author.repeat(32) })
          )
          const shuffled = all
            .map(each => ({ each, key: Number(keys.next().value) }))
            .sort((a, b) => a.key - b.key)
            .map(({ each }) => each)
          const [one, other] = [new Timeline({ keep: ours }), new Timeline({ keep: theirs })]
          const wall = EPOCH + 41
          const take = (timeline: Timeline, each: VerifiedMessage) =>
            timeline.fault(each, wall) === undefined && timeline.add(each, EPOCH)
          for (const each of all) take(one, each)
          for (const each of shuffled) take(other, each)
          for (const timeline of [one, other]) timeline.expire(wall)
          const kept = (timeline: Timeline) =>
            timeline.messages().flatMap(({ id, kind }) => (LASTING.includes(kind) ? id : []))
          expect(kept(one)).toEqual(kept(other))
          // Nothing of it is offered, or asked for, whatever each keeps of the rest.
          const marks = { since: one.since(wall), theirSince: other.since(wall) }
          const { have, need } = exchange(one.items, other.items, marks)
          const isLasting = (id: MessageId) => kept(one).includes(id)
          expect([...have, ...need].filter(isLasting)).toEqual([])
        }
      )
    )
  })

  test('is the same set in whatever order the messages come, with bounds on number and bytes', () => {
    const shape = fc.array(
      fc.record({
        author: fc.constantFrom(...authors),
        clock: fc.nat(40),
        bytes: fc.constantFrom(0, 1_024, 2_000, 8_000),
        parents: fc.array(fc.nat(99), { maxLength: 2 })
      }),
      { maxLength: 100 }
    )
    fc.assert(
      fc.property(shape, fc.nat(100), fc.infiniteStream(fc.nat()), (shapes, cut, keys) => {
        const all = shapes.map(({ author, bytes, clock, parents }, n) =>
          message(n, EPOCH + clock, [...new Set(parents.map(idOf))], KIND_TEXT, {
            author: author.repeat(32),
            bytes
          })
        )
        const shuffled = all
          .map(each => ({ each, key: Number(keys.next().value) }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ each }) => each)
        const [a, b, c] = [0, 0, 0].map(() => new Timeline({ keep: { maxMessages: 22 } })) as [
          Timeline,
          Timeline,
          Timeline
        ]
        for (const each of all) a.add(each, EPOCH)
        for (const each of shuffled.slice(0, cut)) b.add(each, EPOCH)
        // What one member keeps, and then the rest: f(f(A) + B).
        for (const each of [...b.messages(), ...shuffled.slice(cut)]) c.add(each, EPOCH)
        expect(c.messages()).toEqual(a.messages())
        const d = new Timeline({ keep: { maxMessages: 22 }, shelf: NO_BYTES })
        d.shelve(all.map(shelvedOf), EPOCH)
        // What is refused after it was named is a hole for whoever takes one after the other.
        expect({ ...d.load, whole: a.size, holes: 0 }).toEqual({ ...a.load, holes: 0 })
        expect(d.load.holes).toBeLessThanOrEqual(a.load.holes)
        expect(d.heads()).toEqual(a.heads())
        expect(d.headsDigest(EPOCH)).toEqual(a.headsDigest(EPOCH))
        expect(d.items.fingerprint(0, d.size)).toEqual(a.items.fingerprint(0, a.size))
        expect(c.items.fingerprint(0, c.size)).toEqual(a.items.fingerprint(0, a.size))
        const named = new Set(a.messages().flatMap(({ parents }) => parents))
        const heads = a.messages().filter(({ id }) => !named.has(id))
        expect(new Set(a.heads())).toEqual(new Set(heads.slice(-8).map(({ id }) => id)))
      })
    )
  })

  test('takes a quarter of newcomers, who push out no more of what settled authors said', () => {
    const settled = new Set(['aa'.repeat(32)])
    const isSettled = (author: IdentityKey) => settled.has(author)
    const timeline = new Timeline({ keep: { maxMessages: 110 }, isSettled })
    for (let n = 0; n < 200; n++) timeline.add(by('aa', `${n}`, EPOCH + n), EPOCH)
    const names = Array.from({ length: 100 }, (_, n) => (n + 1_000).toString(16).slice(-2))
    for (const name of names) {
      const newcomers = message(name, EPOCH + 500, [], KIND_TEXT, { author: name })
      timeline.add(newcomers, EPOCH)
      expect(timeline.knows(newcomers.id)).toBe(true)
    }
    expect(textsBy(timeline, 'aa')).toBe(60)
    // Once they are settled they have the same right as the others.
    for (const name of names) {
      settled.add(name)
      timeline.settle(name as IdentityKey, true)
    }
    for (const name of names) {
      timeline.add(message(`${name} again`, EPOCH + 600, [], KIND_TEXT, { author: name }), EPOCH)
    }
    expect(textsBy(timeline, 'aa')).toBeLessThan(5)
  })

  test('refuses nothing of newcomers where all are', () => {
    const timeline = new Timeline({ keep: { maxMessages: 110 }, isSettled: () => false })
    for (let n = 0; n < 400; n++) {
      const author = authors[n % 5] ?? 'aa'
      expect(timeline.add(by(author, `${n}`, EPOCH + n), EPOCH).kept).toBe(true)
    }
    for (const author of authors) expect(textsBy(timeline, author)).toBe(16)
  })
})
