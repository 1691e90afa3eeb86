import { expect, test } from 'vitest'
import { badRoomName } from '../../src/base/errors.js'
import type { IdentityKey, MessageId } from '../../src/base/ids.js'
import { replaceUnsafe } from '../../src/base/safe-text.js'
import { errorJson, eventJson, jsonLine, parseRequest } from '../../src/ndjson/codec.js'

const id = 'e'.repeat(64) as MessageId
const from = 'a'.repeat(64) as IdentityKey

test('a message keeps the exact text', () => {
  const text = '\u001b[31m\u202e\n"'
  const message = { id, from, nick: 'a\tb', text, time: 5, history: false }
  const line = jsonLine(eventJson({ type: 'message', message }) ?? {})
  expect(line.endsWith('}\n') && line.indexOf('\n') === line.length - 1).toBe(true)
  expect(JSON.parse(line)).toEqual({ type: 'message', ...message })
})

test('a mistake of ours is told without what was thrown', () => {
  const cause = new RangeError('too deep')
  const fault = { type: 'fault', count: 2, text: 'Something went wrong.', cause } as const
  expect(eventJson(fault)).toEqual({ type: 'fault', count: 2, text: 'Something went wrong.' })
})

test('what could act on a terminal is escaped, and read as it was', () => {
  const text =
    'a\u009b31m\u007f\u202e\u2066\u2028\u2029\ufeff\u200b\u{e0041}\u{f0000}\ud800 é漢👩‍👧 می‌خ'
  const line = jsonLine({ text })
  expect(line).toBe(
    '{"text":"a\\u009b31m\\u007f\\u202e\\u2066\\u2028\\u2029\\ufeff\\u200b\\udb40\\udc41\u{f0000}\\ud800 é漢👩‍👧 می‌خ"}\n'
  )
  expect(JSON.parse(line)).toEqual({ text })
})

test('no character but plain ones of any script reaches the terminal', () => {
  const everything = String.fromCodePoint(
    ...Array.from({ length: 0x3000 }, (_, i) => i),
    ...Array.from({ length: 0x200 }, (_, i) => 0xe0000 + i)
  )
  const line = jsonLine({ everything }).trimEnd()
  expect(replaceUnsafe(line, () => '!')).toBe(line)
  expect(JSON.parse(line)).toEqual({ everything })
})

test('an error has its code, sentence and hint', () => {
  expect(errorJson(badRoomName('it is empty'))).toEqual({
    type: 'error',
    code: 'BAD_ROOM_NAME',
    message: 'That is not a room name: it is empty.',
    hint: expect.any(String)
  })
})

test('requests are read', () => {
  expect(parseRequest('{"type":"say","text":"hi"}')).toEqual({ type: 'say', text: 'hi' })
  expect(parseRequest('{"type":"leave","extra":1}')).toEqual({ type: 'leave' })
})

test.each([
  '',
  'hi',
  '[]',
  'null',
  '7',
  '{}',
  '{"type":"say"}',
  '{"type":"say","text":1}',
  '{"type":"shout"}'
])('a bad line is refused: %s', line => {
  expect(() => parseRequest(line)).toThrow(expect.objectContaining({ code: 'BAD_LINE' }))
})
