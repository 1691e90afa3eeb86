import { expect, test } from 'vitest'
import { cursorsGiven } from '../../../src/commands/common/cursors-given.js'
import { momentOf } from '../../../src/commands/flags/since-flag.js'

const NOW = new Date(2026, 10, 27, 12).getTime()
const HOUR_MILLIS = 3_600_000

test.each([
  ['90s', NOW - 90_000],
  ['30m', NOW - HOUR_MILLIS / 2],
  ['2h', NOW - 2 * HOUR_MILLIS],
  ['1w', NOW - 7 * 24 * HOUR_MILLIS],
  ['2026-11-27', NOW - 12 * HOUR_MILLIS],
  ['2026-11-27T11:00', NOW - HOUR_MILLIS],
  ['2026-11-27T09:30:00Z', Date.UTC(2026, 10, 27, 9, 30)]
])('%s', (text, moment) => {
  expect(momentOf(text, NOW)).toBe(moment)
})

test.each(['', 'yesterday', '2', '-2h', '2 h', '2026-13-40', 'h'])('"%s" is no time', text => {
  expect(() => momentOf(text, NOW)).toThrow(expect.objectContaining({ code: 'BAD_TIME' }))
})

const [CURSOR, OTHER] = ['0123456789abcdef-17', '0123456789abcdef-18']

test('each room goes on after its own cursor', () => {
  expect(cursorsGiven([CURSOR], ['Lobby'])('lobby')).toBe(CURSOR)
  const since = cursorsGiven([`a=b=${CURSOR}`, `#Lobby=${OTHER}`], ['lobby', 'a=b', 'builds'])
  expect(['a=b', 'lobby', 'builds'].map(since)).toEqual([CURSOR, OTHER, undefined])
})

test('a cursor that is none, or of no room of these, is refused', () => {
  const codeOf = (words: string[], rooms = ['lobby', 'builds']) => {
    try {
      cursorsGiven(words, rooms)
    } catch (thrown) {
      return (thrown as { readonly code: string }).code
    }
    return undefined
  }
  expect(codeOf(['17'])).toBe('BAD_CURSOR')
  expect(codeOf([CURSOR])).toBe('BAD_ARGUMENTS')
  expect(codeOf([`elsewhere=${CURSOR}`])).toBe('BAD_ARGUMENTS')
})
