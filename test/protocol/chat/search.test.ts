import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IdentityKey, MessageId } from '../../../src/base/ids.js'
import { Fold } from '../../../src/protocol/chat/fold.js'
import { LineSearch } from '../../../src/protocol/chat/line-search.js'
import type { Readable } from '../../../src/protocol/chat/said.js'
import { fitsQuery, foldText, hasWords, wordsOf } from '../../../src/protocol/chat/search.js'
import { encodeTextBody } from '../../../src/protocol/wire/bodies/text.js'
import { KIND_TEXT } from '../../../src/protocol/wire/kinds.js'
import { World } from '../../support/harness.js'

const finds = (text: string, wanted: string) => hasWords(foldText(text), wordsOf(wanted))

test.each([
  ['The Release Plan', 'plan release'],
  ['déjà vu', 'DEJA'],
  ['déjà vu', 'déjà'],
  ['Straße', 'STRA'],
  ['ﬁnal', 'final'],
  ['build is green', 'gre']
])('%s has %s', (text, wanted) => expect(finds(text, wanted)).toBe(true))

test('a line has all its words, and no others', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      expect(finds(text, text)).toBe(true)
    })
  )
  expect(finds('build is green', 'green red')).toBe(false)
})

test('who and when', () => {
  const line = { from: 'abcd'.padEnd(64, '0'), nick: 'Anä', time: 10 }
  for (const query of [{}, { from: 'ana' }, { from: 'ABCD' }, { since: 10, until: 11 }])
    expect(fitsQuery(line, query), JSON.stringify(query)).toBe(true)
  for (const query of [{ from: 'an' }, { from: 'abc' }, { since: 11 }, { until: 10 }])
    expect(fitsQuery(line, query), JSON.stringify(query)).toBe(false)
})

test('a search follows what is said, edited and deleted, the newest first', () => {
  const ann = new World().join('ann')
  const say = (text: string) => {
    ann.feed({ type: 'say', text })
    return ann.stored.at(-1)?.id ?? expect.fail('nothing was said')
  }
  const texts = (text: string, limit = 10) =>
    ann.machine.search({ text }, limit).map(line => line.text)
  say('a green build')
  expect(texts('green')).toEqual(['a green build'])
  const id = say('another build')
  const gone = say('a green secret')
  ann.feed({ type: 'edit', id, text: 'a greener build' })
  ann.feed({ type: 'delete', id: gone })
  expect(texts('build GREEN')).toEqual(['a greener build', 'a green build'])
  expect(texts('green', 1)).toEqual(['a greener build'])
  expect(texts('another')).toEqual([])
})

test('a search of a large room reads its newest lines, and the others bit by bit', () => {
  const lines = new Map<MessageId, Readable>()
  const reads: MessageId[] = []
  const read = (id: MessageId) => {
    reads.push(id)
    return lines.get(id)
  }
  const fold = new Fold(read, undefined, undefined, id => lines.has(id))
  for (let n = 0; n < 4_000; n++) {
    const id = n.toString(16).padStart(64, '0') as MessageId
    const body = encodeTextBody({ nick: 'ann', text: `line ${n}` })
    lines.set(id, { id, kind: KIND_TEXT, author: 'ab'.repeat(32) as IdentityKey, clock: n, body })
  }
  const search = new LineSearch(fold, () => [...lines.keys()])
  const texts = (text: string) => search.find({ text }, 10).map(line => line.text)
  expect(texts('line 3999')).toEqual(['line 3999'])
  expect(reads).toHaveLength(3_000)
  expect(search.isComplete).toBe(false)
  expect(texts('line').slice(0, 2)).toEqual(['line 3999', 'line 3998'])
  reads.length = 0
  expect(search.readOn(600)).toBe(false)
  expect(texts('line 450')).toContain('line 450')
  expect(search.readOn(600)).toBe(true)
  expect(new Set(reads).size).toBe(1_000 + 3)
})
