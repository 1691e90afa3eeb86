import { expect, test } from 'vitest'
import type { IdentityKey } from '../../src/base/ids.js'
import { checkNick, defaultNick } from '../../src/home/nick.js'

const key = 'abcdef01'.repeat(8) as IdentityKey

test('a nick is trimmed and composed', () => {
  expect(checkNick('  Zoe\u0308 ')).toBe('Zo\u00eb')
})

test('runs of spaces are one', () => {
  expect(checkNick('Zoe  van\u3000\u00a0Dam')).toBe('Zoe van Dam')
})

test.each(['می‌خواهم', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👩‍👩‍👧‍👦 jo', '❤️'])('is taken as it is: %s', nick => {
  expect(checkNick(nick)).toBe(nick)
})

test.each([
  'a\u2028b',
  'a\u2029b',
  'a\u3164',
  'a\u2800b',
  '\u200d',
  'a\u{e0061}',
  '',
  '  ',
  'a\nb',
  'a\u001b[1m',
  'a\u202eb',
  'a\u200bb',
  'x'.repeat(65),
  'ü'.repeat(33)
])('is refused: %j', nick =>
  expect(() => checkNick(nick)).toThrow(expect.objectContaining({ code: 'BAD_NICK' }))
)

test('without one it is the user’s name, else the short key', () => {
  expect(defaultNick(key, () => 'ada')).toBe('ada')
  expect(defaultNick(key, () => '\u001b')).toBe('abcdef01')
  const nobody = () => {
    throw new Error('no such user')
  }
  expect(defaultNick(key, nobody)).toBe('abcdef01')
})
