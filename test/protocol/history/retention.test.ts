import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hash } from '../../../src/base/crypto.js'
import { type IdentityKey, idFromBytes } from '../../../src/base/ids.js'
import { Timeline } from '../../../src/protocol/history/timeline.js'
import { KIND_INVITATION, KIND_TEXT } from '../../../src/protocol/wire/kinds.js'
import type { KnownMessage } from '../../../src/protocol/wire/message.js'
import { EPOCH } from '../../support/harness.js'
import { exchange, sorted } from '../../support/reconcile.js'

/** Short messages that are kept, and how many of them newcomers take from settled authors. */
const MOST = 9
const OF_NEWCOMERS = 3

const isSettled = (author: string) => author.startsWith('aa')
const byAge = (a: KnownMessage, b: KnownMessage) => a.clock - b.clock || (a.id < b.id ? -1 : 1)
const ids = (messages: readonly KnownMessage[]) => sorted(messages.map(({ id }) => id))

function member(messages: readonly KnownMessage[]): Timeline {
  const timeline = new Timeline({ keep: { maxMessages: MOST + 3 }, isSettled })
  for (const each of messages) timeline.add(each, EPOCH)
  return timeline
}

/** The rule as it is stated, for messages that come together. */
function byTheRule(all: readonly KnownMessage[]): string[] {
  const left = [...all].sort(byAge)
  while (left.length > MOST) {
    const newcomers = left.filter(({ author }) => !isSettled(author))
    const candidates = newcomers.length > OF_NEWCOMERS ? newcomers : left
    const count = (of: string) => candidates.filter(({ author }) => author === of).length
    const most = Math.max(...candidates.map(({ author }) => count(author)))
    const first = candidates.find(({ author }) => count(author) === most)
    left.splice(left.indexOf(first as KnownMessage), 1)
  }
  return ids(left)
}

const messagesOf = (kind = KIND_TEXT) =>
  fc.array(fc.tuple(fc.boolean(), fc.nat(6), fc.nat(12)), { maxLength: 60 }).map(shapes =>
    shapes.map(([settled, owner, clock], n) => {
      const author = `${settled ? 'aa' : 'bb'}0${owner}`.repeat(16) as IdentityKey
      const id = idFromBytes(hash([Buffer.from(`${n}`)]))
      const sealed = new Uint8Array(0)
      // Only tests make messages that nobody has signed.
      return {
        id,
        kind,
        author,
        clock: EPOCH + clock,
        parents: [],
        sealed
      } as unknown as KnownMessage
    })
  )

const keys = fc.array(fc.nat(), { minLength: 60, maxLength: 60 })

function shuffled(all: readonly KnownMessage[], order: readonly number[]): KnownMessage[] {
  return all
    .map((each, at) => ({ each, key: order[at] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ each }) => each)
}

/** Either takes what it does not know of what the other has; gives how many were new to somebody. */
function tellEachOther(a: Timeline, b: Timeline): number {
  const { have, need } = exchange(a.items, b.items)
  const [toA, toB] = [need.filter(id => !a.knows(id)), have.filter(id => !b.knows(id))]
  const [fromB, fromA] = [toA.flatMap(id => b.get(id) ?? []), toB.flatMap(id => a.get(id) ?? [])]
  for (const each of fromB) a.add(each, EPOCH)
  for (const each of fromA) b.add(each, EPOCH)
  return fromA.length + fromB.length
}

describe('of settled authors and newcomers', () => {
  test('members keep what the rule says, whatever the order in which it comes', () => {
    fc.assert(
      fc.property(messagesOf(), keys, fc.nat(60), (all, order, cut) => {
        const [a, b] = [shuffled(all, order).slice(0, cut), shuffled(all, order).slice(cut)]
        const whole = byTheRule(all)
        expect(ids(member(all).messages())).toEqual(whole)
        expect(ids(member([...a, ...b]).messages())).toEqual(whole)
        expect(ids(member([...member(a).messages(), ...member(b).messages()]).messages())).toEqual(
          whole
        )
      }),
      { numRuns: 1_000 }
    )
  })

  test.each([
    ['lines', KIND_TEXT],
    ['what lasts', KIND_INVITATION]
  ])(
    'members with one cap that exchange %s until nothing is new hold one set, and are silent',
    (_, kind) => {
      fc.assert(
        fc.property(messagesOf(kind), keys, fc.nat(60), fc.nat(60), (all, order, cut, both) => {
          const mixed = shuffled(all, order)
          const a = member(mixed.slice(0, cut + both))
          const b = member(mixed.slice(cut).toReversed())
          let rounds = 0
          while (tellEachOther(a, b) > 0) expect(++rounds).toBeLessThan(10)
          expect(ids(a.messages())).toEqual(ids(b.messages()))
          expect(exchange(a.items, b.items)).toMatchObject({ have: [], need: [] })
        }),
        { numRuns: 500 }
      )
    }
  )
})
