import { describe, expect, test } from 'vitest'
import type { IdentityKey, MessageId } from '../../../src/base/ids.js'
import { MessageTable } from '../../../src/protocol/history/message-table.js'
import type { ShelvedMessage } from '../../../src/protocol/history/shelf.js'
import { MAX_SETTLED_AUTHORS, NEWCOMER_MILLIS } from '../../../src/protocol/history/tuning.js'
import { restoredAuthors } from '../../../src/protocol/machine/restored-authors.js'
import { EPOCH } from '../../support/harness.js'

const MAX = MAX_SETTLED_AUTHORS / 2
const LONG_AGO = EPOCH - NEWCOMER_MILLIS

const hex = (number: number) => number.toString(16).padStart(64, '0')
const authorOf = (name: number) => hex(name) as IdentityKey

function said(name: number, clock: number): ShelvedMessage {
  const id = hex(2 ** 40 + name + clock) as MessageId
  const facts = { author: authorOf(name), bytes: 100, clock, id, kind: 1, parents: [] }
  return { ...facts, isBare: false, isVerified: true }
}

describe('who is settled when a member is started again', () => {
  test('was first heard here ten minutes ago, whatever its messages are dated', () => {
    const messages = [said(1, LONG_AGO - 9), said(2, EPOCH - 8), said(3, LONG_AGO - 7)]
    const heard = new Map([1, 2, 3].map(name => [authorOf(name), LONG_AGO]))
    heard.set(authorOf(1), LONG_AGO + 1)
    const table = MessageTable.of(messages, heard)
    expect(restoredAuthors([], table, EPOCH).sort()).toEqual([2, 3].map(authorOf))
  })

  test('was not heard at a time that is yet to come', () => {
    const heard = new Map([[authorOf(1), EPOCH + 1]])
    const table = MessageTable.of([said(1, LONG_AGO)], heard)
    expect(restoredAuthors([], table, EPOCH)).toEqual([])
    expect(restoredAuthors([], table, EPOCH + 1 + NEWCOMER_MILLIS)).toEqual([authorOf(1)])
  })

  test('has something that is kept', () => {
    const heard = new Map([1, 2].map(name => [authorOf(name), LONG_AGO]))
    const table = MessageTable.of([said(1, LONG_AGO), said(2, LONG_AGO)], heard)
    table.drop(0)
    expect(restoredAuthors([], table, EPOCH)).toEqual([authorOf(2)])
  })

  test('is pushed out by nobody who came later: of too many those who were heard first stay', () => {
    const names = Array.from({ length: MAX + 100 }, (_, at) => at + 1)
    const heard = new Map(names.map(name => [authorOf(name), LONG_AGO - name]))
    const dated = names.map(name => said(name, EPOCH - 10 * NEWCOMER_MILLIS + name))
    const settled = restoredAuthors([], MessageTable.of(dated, heard), EPOCH)
    expect(new Set(settled)).toEqual(new Set(names.slice(100).map(authorOf)))
  })

  test('goes by the date of its oldest message where nobody has noted when it was heard', () => {
    const messages = [said(1, LONG_AGO), said(2, LONG_AGO + 1), said(1, EPOCH)]
    const table = MessageTable.of([said(3, LONG_AGO - 1)])
    const ofTable = MessageTable.of(messages)
    for (const [whole, shelved] of [
      [messages, table],
      [[], [said(3, LONG_AGO - 1), ...messages]],
      [[said(3, LONG_AGO - 1)], ofTable]
    ] as const)
      expect(restoredAuthors(whole, shelved, EPOCH).sort()).toEqual([1, 3].map(authorOf))
  })

  test('is known by what the store says, whatever else is restored of it', () => {
    const table = MessageTable.of([said(1, EPOCH)], new Map([[authorOf(1), EPOCH]]))
    expect(restoredAuthors([said(1, LONG_AGO)], table, EPOCH)).toEqual([])
  })
})
