import { expect, test } from 'vitest'
import { clustersOf, columnsOf } from '../../src/ui/width.js'

const texts = (text: string) => [...clustersOf(text)].map(cluster => cluster.text)

test.each([
  ['plain letters', 'ab c', ['a', 'b', ' ', 'c']],
  ['letters with marks', 'e\u0301e', ['e\u0301', 'e']],
  ['flags', '🇩🇪🇫🇷', ['🇩🇪', '🇫🇷']],
  ['the flag of England', 'x🏴󠁧󠁢󠁥󠁮󠁧󠁿y', ['x', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'y']],
  ['a family', '👩‍👩‍👧‍👦👩‍👩‍👧‍👦', ['👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦']],
  ['Persian', 'می‌خ', ['م', 'ی‌', 'خ']]
])('%s', (_, text, clusters) => {
  expect(texts(text)).toEqual(clusters)
})

test('a long text has the same clusters as its parts, and knows where they begin', () => {
  const part = '🇩🇪e\u0301👩‍👩‍👧‍👦日本 x'
  const all = [...clustersOf(part.repeat(100))]
  expect(all.map(cluster => cluster.text)).toEqual(Array(100).fill(texts(part)).flat())
  for (const { index, text } of all) expect(part.repeat(100).startsWith(text, index)).toBe(true)
})

test('a pile of marks is taken in pieces, and comes to an end', () => {
  const pile = `a${'\u0301'.repeat(1000)}b`
  expect(texts(pile).join('')).toBe(pile)
})

test.each([
  ['a', 1],
  ['漢', 2],
  ['ｱ', 1],
  ['e\u0301', 1],
  ['🇩🇪', 2],
  ['👩‍👩‍👧‍👦', 2],
  ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', 2],
  ['☺', 1],
  ['☺️', 2],
  ['\u200d', 0]
])('%s takes %i columns', (cluster, columns) => {
  expect(columnsOf(cluster)).toBe(columns)
})
