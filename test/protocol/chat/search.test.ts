import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitsQuery, foldText, hasWords, wordsOf } from '../../../src/protocol/chat/search.js'
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
