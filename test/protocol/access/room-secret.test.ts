import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  normaliseRoomName,
  roomSecretFromName,
  topicOf
} from '../../../src/protocol/access/room-secret.js'

const nameOf = (input: string) => {
  const result = normaliseRoomName(input)
  return result.ok ? result.name : `refused: ${result.reason}`
}

describe('room names', () => {
  test.each([
    ['lobby', 'lobby'],
    ['#Lobby', 'lobby'],
    ['  # LOBBY\t', 'lobby'],
    ['##lobby', '#lobby'],
    ['Straße', 'strasse'],
    ['STRASSE', 'strasse'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
    ['ｌｏｂｂｙ', 'lobby'],
    ['Å', 'å'],
    ['two words', 'two words'],
    ['💬 talk', '💬 talk'],
    ['👩‍💻', '👩‍💻'],
    ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['می‌خواهم', 'می‌خواهم']
  ])('%j is %j [M1]', (input, name) => expect(nameOf(input)).toBe(name))

  test.each([
    '',
    '   ',
    '#',
    ' # ',
    'a'.repeat(65),
    'a\u0000b',
    'a\nb',
    'a\u202eb',
    'a\u2066b',
    'a\u200bb',
    'a\u2028b',
    // The flag of Texas, tags without a flag, and a flag that does not end.
    '\u{1f3f4}\u{e0075}\u{e0073}\u{e0074}\u{e0078}\u{e007f}',
    'a\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}',
    'ab\u200d',
    '\u200cab',
    '\ud800',
    '\u0378',
    '\ue000'
  ])('%j is none [M3] [M4]', input => expect(normaliseRoomName(input).ok).toBe(false))

  test('# alone is none, and is not called empty', () => {
    for (const input of ['#', ' # ', '＃'])
      expect(normaliseRoomName(input)).toEqual({ ok: false, reason: '# alone is no name' })
    expect(normaliseRoomName(' ')).toEqual({ ok: false, reason: 'it is empty' })
  })

  test('64 code points fit, also astral ones [M2]', () => {
    expect(normaliseRoomName('💬'.repeat(64)).ok).toBe(true)
    expect(normaliseRoomName('💬'.repeat(65)).ok).toBe(false)
  })

  test('case, composition and spaces around do not matter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), text => {
        const name = nameOf(text)
        expect(nameOf(` ${text.toLowerCase().toUpperCase()}\t`)).toBe(nameOf(text.toUpperCase()))
        if (!name.startsWith('#')) expect(nameOf(name)).toBe(name)
      })
    )
  })

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const result = normaliseRoomName(text)
        if (result.ok) expect([...result.name].length).toBeLessThanOrEqual(64)
      })
    )
  })
})

test('the topic of #lobby is fixed for good', () => {
  // The vector of docs/protocol.md.
  expect(topicOf(roomSecretFromName(nameOf('#Lobby')))).toMatchInlineSnapshot(
    `"f911ed7c54bb04d6fbd43a7e89acd4aa1e45434fccc1c02af3715a43ff9924e1"`
  )
})
