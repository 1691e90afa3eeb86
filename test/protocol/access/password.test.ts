import { describe, expect, test } from 'vitest'
import { opaqueString, passwordSalt } from '../../../src/protocol/access/password.js'

const hashed = (password: string) => {
  const opaque = opaqueString(password)
  return opaque.ok ? Buffer.from(opaque.bytes).toString() : undefined
}

describe('a password', () => {
  test.each([
    ['correct horse battery staple'],
    ['Correct Horse Battery Staple'],
    ['πßå'],
    ['Jack of ♦s'],
    ['  '],
    ['l·l'],
    ['ｆｕｌｌ ﬁ']
  ])('is hashed as it is: %j', password => {
    expect(hashed(password)).toBe(password)
  })

  test('is not trimmed, and its case counts [M56]', () => {
    expect(hashed(' Team ')).toBe(' Team ')
    expect(new Set([' Team ', 'Team', 'team'].map(hashed)).size).toBe(3)
  })

  test('is the same however its spaces and its accents are typed', () => {
    expect(hashed('foo\u1680bar\u00a0')).toBe('foo bar ')
    expect(hashed('e\u0301')).toBe('é')
  })

  test.each([
    '',
    'my cat is a \tby',
    'a\nb',
    'a\u200db',
    'a\u200cb',
    'a\u00adb',
    'a\u115fb',
    '\ud800',
    'a·l',
    '\u0375a',
    'a\u05f3',
    'a\u30fbb',
    '\u0660\u06f0',
    'x'.repeat(1_025)
  ])('is refused if not everybody could type it, or see it [M57]: %j', password => {
    expect(opaqueString(password).ok).toBe(false)
  })

  test('may have 1,024 bytes', () => {
    expect(opaqueString('x'.repeat(1_024)).ok).toBe(true)
  })

  test('has another salt in every room', () => {
    expect(passwordSalt('team')).toHaveLength(16)
    expect(passwordSalt('team')).not.toEqual(passwordSalt('teams'))
  })
})
