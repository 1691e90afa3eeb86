import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPlainText, withoutByteOrderMark } from '../../src/base/plain-text.js'

const utf8 = (text: string) => new TextEncoder().encode(text)
const utf16 = (text: string, littleEndian: boolean) => {
  const bytes = Buffer.from(text, 'utf16le')
  return littleEndian ? [...bytes] : [...bytes.swap16()]
}

test('UTF-8 is read as it is, a byte order mark is no part of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      fc.pre(!/^\u{FEFF}|^.?.?.?\0/su.test(text))
      expect(readPlainText(utf8(text))).toEqual({ ok: true, text })
      expect(readPlainText(utf8(`\u{FEFF}${text}`))).toEqual({ ok: true, text })
    })
  )
})

test.each([
  ['little endian', [0xff, 0xfe, ...utf16('hello', true)]],
  ['big endian', [0xfe, 0xff, ...utf16('hello', false)]],
  ['little endian, without a mark', utf16('hello', true)],
  ['big endian, without a mark', utf16('hello', false)]
])('UTF-16 is recognised: %s', (_, bytes) => {
  expect(readPlainText(Uint8Array.from(bytes))).toEqual({
    ok: false,
    reason: 'it is UTF-16; UTF-8 is understood'
  })
})

test('other bytes are no text', () => {
  expect(readPlainText(Uint8Array.of(0x68, 0xe9, 0x21))).toEqual({
    ok: false,
    reason: 'it is not UTF-8'
  })
})

test('no bytes are an empty text, few are no UTF-16', () => {
  for (const text of ['', 'a', 'ab', 'abc']) {
    expect(readPlainText(utf8(text))).toEqual({ ok: true, text })
  }
})

test('a mark is taken off once', () => {
  expect(withoutByteOrderMark('\u{FEFF}a')).toBe('a')
  expect(withoutByteOrderMark('a\u{FEFF}')).toBe('a\u{FEFF}')
})
