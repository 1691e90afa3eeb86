import { describe, expect, test } from 'vitest'
import type { PeerKey } from '../../../src/base/ids.js'
import {
  KnownAuthors,
  type KnownAuthorsOptions
} from '../../../src/protocol/history/known-authors.js'
import { NEWCOMER_MILLIS, SETTLED_SILENCE_MILLIS } from '../../../src/protocol/history/tuning.js'
import { deviceOf, identityOf } from '../../support/harness.js'

const [ann, bob, self] = [identityOf('ann'), identityOf('bob'), identityOf('self')]
const [link, other] = [deviceOf('link'), deviceOf('other')]

const scene = (options: KnownAuthorsOptions = {}) => {
  const changes: [name: string, isSettled: boolean][] = []
  const authors = new KnownAuthors(self, (...change) => changes.push(change), options)
  const hear = (name: typeof ann, now: number, via = link) => {
    authors.advance(now)
    authors.heard(name, via, authors.budgetsOf(name), now)
  }
  return { authors, changes, hear }
}

test('an author is settled ten minutes after it was first seen, whether it speaks or not', () => {
  const { authors, changes, hear } = scene()
  hear(ann, 0)
  authors.advance(NEWCOMER_MILLIS - 1)
  expect(authors.isSettled(ann)).toBe(false)
  authors.advance(NEWCOMER_MILLIS)
  expect(authors.isSettled(ann)).toBe(true)
  expect(changes).toEqual([[ann, true]])
  hear(bob, NEWCOMER_MILLIS)
  authors.advance(2 * NEWCOMER_MILLIS)
  expect(changes).toEqual([
    [ann, true],
    [bob, true]
  ])
})

test('we are settled, and are nobody else', () => {
  const { authors, hear } = scene()
  hear(self, 0)
  expect(authors.isSettled(self)).toBe(true)
  expect(authors.hasSettled).toBe(false)
  expect(authors.load).toEqual({ newcomers: 0, settled: 0 })
})

test('what an author has used up stays used up when it is settled', () => {
  const { authors, hear } = scene()
  hear(ann, 0)
  const budgets = authors.budgetsOf(ann)
  authors.advance(NEWCOMER_MILLIS)
  expect(authors.budgetsOf(ann)).toBe(budgets)
})

describe('a flood of identities', () => {
  test('over one link makes us forget newcomers of that link', () => {
    const { authors, hear } = scene({ maxNewcomers: 100 })
    hear(ann, 0, other)
    for (let n = 0; n < 1_000; n++) hear(identityOf(`eve ${n}`), 1)
    expect(authors.load.newcomers).toBe(100)
    authors.advance(NEWCOMER_MILLIS)
    expect(authors.isSettled(ann)).toBe(true)
  })

  test('that waits for ten minutes takes no place from a settled author', () => {
    const { authors, hear } = scene({ maxSettled: 50 })
    hear(ann, 0)
    authors.advance(NEWCOMER_MILLIS)
    const flood = NEWCOMER_MILLIS
    for (let n = 0; n < 1_000; n++) hear(identityOf(`eve ${n}`), flood)
    authors.advance(flood + NEWCOMER_MILLIS)
    for (let n = 0; n < 1_000; n++) hear(identityOf(`eve ${n}`), flood + NEWCOMER_MILLIS)
    authors.advance(flood + 2 * NEWCOMER_MILLIS)
    expect(authors.load.settled).toBe(50)
    expect(authors.isSettled(ann)).toBe(true)
  })

  test('that fills the table keeps nobody a newcomer whom another link tells of', () => {
    const { authors, hear } = scene({ maxSettled: 50 })
    for (let n = 0; n < 100; n++) hear(identityOf(`eve ${n}`), 0)
    authors.advance(NEWCOMER_MILLIS)
    hear(bob, NEWCOMER_MILLIS, other)
    authors.advance(2 * NEWCOMER_MILLIS)
    expect(authors.isSettled(bob)).toBe(true)
    expect(authors.load.settled).toBe(50)
  })

  test('takes no place from whom it has told of first, once another link tells of them', () => {
    const { authors, hear } = scene({ maxSettled: 50 })
    hear(ann, 0)
    for (let n = 0; n < 100; n++) hear(identityOf(`eve ${n}`), 0)
    authors.advance(NEWCOMER_MILLIS)
    hear(ann, NEWCOMER_MILLIS, other)
    for (let n = 0; n < 40; n++)
      hear(identityOf(`newcomer ${n}`), NEWCOMER_MILLIS, deviceOf('third'))
    authors.advance(2 * NEWCOMER_MILLIS)
    expect(authors.isSettled(identityOf('newcomer 7'))).toBe(true)
    expect(authors.isSettled(ann)).toBe(true)
  })

  test('over link after link counts as one', () => {
    const isUp = (peer: PeerKey) => peer === other
    const { authors, hear } = scene({ maxSettled: 50, isUp })
    for (let n = 0; n < 10; n++) hear(identityOf(`honest ${n}`), 0, other)
    authors.advance(NEWCOMER_MILLIS)
    for (let n = 0; n < 200; n++) {
      hear(identityOf(`eve ${n}`), NEWCOMER_MILLIS, deviceOf(`eve ${n}`))
      authors.linkDown(deviceOf(`eve ${n}`))
    }
    authors.advance(2 * NEWCOMER_MILLIS)
    hear(identityOf('honest 0'), 2 * NEWCOMER_MILLIS, other)
    for (let n = 0; n < 10; n++) expect(authors.isSettled(identityOf(`honest ${n}`))).toBe(true)
  })

  test('leaves a place where somebody was silent for an hour', () => {
    const { authors, changes, hear } = scene({ maxSettled: 1 })
    hear(ann, 0)
    authors.advance(NEWCOMER_MILLIS)
    hear(bob, SETTLED_SILENCE_MILLIS)
    authors.advance(NEWCOMER_MILLIS + SETTLED_SILENCE_MILLIS)
    expect(authors.isSettled(bob)).toBe(true)
    expect(changes).toEqual([
      [ann, true],
      [ann, false],
      [bob, true]
    ])
  })
})
