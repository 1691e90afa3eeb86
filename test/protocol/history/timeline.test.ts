import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hash } from '../../../src/base/crypto.js'
import { type IdentityKey, idFromBytes, type MessageId } from '../../../src/base/ids.js'
import {
  HISTORY_WINDOW_MILLIS,
  MAX_CLOCK_AHEAD_MILLIS,
  MAX_CLOCK_LEAD_MILLIS
} from '../../../src/protocol/config.js'
import { Timeline } from '../../../src/protocol/history/timeline.js'
import {
  KIND_PRESENCE,
  KIND_TEXT,
  type VerifiedMessage
} from '../../../src/protocol/wire/message.js'
import { EPOCH } from '../../support/harness.js'

const idOf = (name: string | number) => idFromBytes<MessageId>(hash([Buffer.from(`${name}`)]))

// Only tests make messages that nobody has signed.
const message = (
  name: string | number,
  clock: number,
  parents: MessageId[] = [],
  kind = KIND_TEXT
) =>
  ({
    id: idOf(name),
    kind,
    clock,
    parents,
    author: 'ab'.repeat(32) as IdentityKey,
    body: new Uint8Array(0),
    sealed: new Uint8Array(0)
  }) as unknown as VerifiedMessage

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

  test('too far ahead, and older than the window, is refused', () => {
    const timeline = new Timeline()
    const faultOf = (clock: number, kind?: number) =>
      timeline.fault(message('m', clock, [], kind), EPOCH)
    expect(faultOf(EPOCH + MAX_CLOCK_AHEAD_MILLIS)).toBeUndefined()
    expect(faultOf(EPOCH + MAX_CLOCK_AHEAD_MILLIS + 1)).toBe('ahead')
    expect(faultOf(EPOCH - HISTORY_WINDOW_MILLIS)).toBeUndefined()
    expect(faultOf(EPOCH - HISTORY_WINDOW_MILLIS - 1)).toBe('old')
    expect(faultOf(0, KIND_PRESENCE)).toBeUndefined()
  })
})

describe('heads and parents', () => {
  test('a parent is no head, in whatever order they come', () => {
    const one = message('one', EPOCH)
    const two = message('two', EPOCH + 1, [one.id])
    const ordered = new Timeline()
    expect(ordered.add(one)).toEqual({ headsChanged: true, missing: [] })
    expect(ordered.add(two)).toEqual({ headsChanged: true, missing: [] })
    const reversed = new Timeline()
    expect(reversed.add(two)).toEqual({ headsChanged: true, missing: [one.id] })
    expect(reversed.hasHoles).toBe(true)
    expect(reversed.add(one)).toEqual({ headsChanged: false, missing: [] })
    expect(reversed.hasHoles).toBe(false)
    expect(ordered.heads()).toEqual([two.id])
    expect(reversed.heads()).toEqual([two.id])
  })

  test('at most 8 heads, the newest', () => {
    const timeline = new Timeline()
    const all = Array.from({ length: 12 }, (_, n) => message(n, EPOCH + n))
    for (const each of all) timeline.add(each)
    expect(timeline.heads()).toEqual(
      all
        .slice(4)
        .map(({ id }) => id)
        .reverse()
    )
  })

  test('ephemeral messages move the clock only', () => {
    const timeline = new Timeline()
    timeline.add(message('presence', EPOCH + 9, [], KIND_PRESENCE))
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
        for (const each of graph) a.add(each)
        for (const each of shuffled) b.add(each)
        expect(b.heads()).toEqual(a.heads())
        expect(b.messages()).toEqual(a.messages())
        const named = new Set(graph.flatMap(each => each.parents))
        const heads = graph.filter(({ id }) => !named.has(id))
        expect(new Set(a.heads())).toEqual(new Set(heads.slice(-8).map(({ id }) => id)))
      })
    )
  })
})

test('memory is bounded: the oldest go, and do not come back', () => {
  const timeline = new Timeline(100)
  const all = Array.from({ length: 250 }, (_, n) =>
    message(n, EPOCH + n, n > 0 ? [idOf(n - 1)] : [])
  )
  for (const each of all) timeline.add(each)
  expect(timeline.size).toBeLessThanOrEqual(100)
  expect(timeline.size).toBeGreaterThan(90)
  expect(timeline.items.size).toBe(timeline.size)
  expect(timeline.heads()).toEqual([idOf(249)])
  expect(timeline.messages().at(-1)?.id).toBe(idOf(249))
  expect(timeline.fault(message(3, EPOCH + 3), EPOCH)).toBe('old')
  expect(timeline.since(EPOCH)).toBe(EPOCH + 250 - timeline.size)
})
