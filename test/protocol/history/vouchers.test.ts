import { describe, expect, test } from 'vitest'
import type { IdentityKey, MessageId } from '../../../src/base/ids.js'
import { Vouchers } from '../../../src/protocol/history/vouchers.js'
import { KIND_PRESENCE, KIND_TEXT } from '../../../src/protocol/wire/kinds.js'

const ANN = 'ann' as IdentityKey
const BOB = 'bob' as IdentityKey
const id = (name: string) => name as MessageId
const ids = (count: number) => Array.from({ length: count }, (_, n) => id(`parent ${n}`))
const says = (author: IdentityKey, name: string, kind = KIND_TEXT) => ({
  author,
  id: id(name),
  kind
})

/** The latest of all, at most so many, and half of that at least. */
function expectLatest<T>(found: readonly T[], all: readonly T[], max: number): void {
  expect(found).toEqual(all.slice(-found.length))
  expect(found.length).toBeLessThanOrEqual(max)
  expect(found.length).toBeGreaterThanOrEqual(max / 2)
}

describe('what an author has named', () => {
  test('it vouches for, once', () => {
    const vouchers = new Vouchers()
    vouchers.note(says(ANN, 'later'), [id('before')])
    expect(vouchers.take(says(ANN, 'before'))).toBe('later')
    expect(vouchers.take(says(ANN, 'before'))).toBeUndefined()
  })

  test('is its own word: nobody vouches for others, nor by what is not kept', () => {
    const vouchers = new Vouchers()
    vouchers.note(says(ANN, 'later'), [id('before')])
    vouchers.note(says(BOB, 'presence', KIND_PRESENCE), [id('before')])
    expect(vouchers.take(says(BOB, 'before'))).toBeUndefined()
  })

  test('is remembered of up to 64 messages for each author, whatever others name', () => {
    const vouchers = new Vouchers()
    const all = ids(1_000)
    vouchers.note(says(BOB, 'first'), [id('before')])
    for (const parent of all) vouchers.note(says(ANN, `after ${parent}`), [parent])
    expectLatest(
      all.filter(parent => vouchers.take({ author: ANN, id: parent })),
      all,
      64
    )
    expect(vouchers.take(says(BOB, 'before'))).toBe('first')
  })

  test('is remembered of up to 1,024 authors', () => {
    const vouchers = new Vouchers()
    const authors = Array.from({ length: 5_000 }, (_, n) => `author ${n}` as IdentityKey)
    for (const author of authors) vouchers.note(says(author, `of ${author}`), [id('before')])
    const known = authors.filter(author => vouchers.take({ author, id: id('before') }))
    expectLatest(known, authors, 1_024)
  })
})
