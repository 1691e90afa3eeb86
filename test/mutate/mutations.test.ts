import { expect, test } from 'vitest'
import { mutationsOf } from './mutations.js'

const changes = (source: string) =>
  mutationsOf(source).map(({ text, what }) => `${what}: ${text.trim()}`)

test('a comparison is turned round, and a call taken out', () => {
  expect(changes('  return a < b')).toEqual(['< to >=: return a >= b'])
  expect(changes('  this.#close(peer)')).toEqual(['call removed: '])
})

test('a number of a table is made ten times as large, and a tenth of it', () => {
  expect(changes('  pauseMillis: 1_200,')).toEqual([
    'pauseMillis: ten times as large: pauseMillis: 12000,',
    'pauseMillis: a tenth: pauseMillis: 120,'
  ])
})

test('comments, imports, types and lines of text are left alone', () => {
  expect(changes("// a < b\nimport x from 'a < b'\n  readonly a: 1 | 2\n  'a < b',")).toEqual([])
  expect(changes("  'a' < 'b'")).toHaveLength(1)
})
