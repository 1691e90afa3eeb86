import { expect, test } from 'vitest'
import type { IdentityKey, MessageId } from '../../../src/base/ids.js'
import { Names } from '../../../src/base/names.js'
import { RoomView } from '../../../src/room/view/room-view.js'
import { colourOf, luminanceOf, NAME_COLOURS, partsOf } from '../../../src/ui/messages/colours.js'
import { markedUpRows } from '../../../src/ui/messages/marked-up.js'
import { markerRow } from '../../../src/ui/messages/marker-row.js'
import { messageRow, messageRows } from '../../../src/ui/messages/message-rows.js'
import { PLAIN, type Style, terminalStyle } from '../../../src/ui/messages/style.js'
import { Emulator } from '../../support/emulator.js'

const keyOf = (digit: string) => digit.repeat(64) as IdentityKey
const [ada, bob] = [
  { identity: keyOf('a'), nick: 'ada' },
  { identity: keyOf('b'), nick: 'bob' }
]
const at = new Date(2026, 0, 2, 9, 5).getTime()

/** A line as ada's view sees it. */
function lineOf(who: typeof ada, text: string) {
  const view = new RoomView({ room: ada, now: at })
  const id = '1'.repeat(64) as MessageId
  const message = { id, from: who.identity, nick: who.nick, text, time: at, history: false }
  const item = view.take({ type: 'message', message }, at).at(-1)
  if (item?.type !== 'line') throw new Error('no line')
  return item.line
}
/** Words in place of styles. */
const WORDS: Style = {
  name: (text, identity) => `[${identity[0]} ${text}]`,
  faint: text => text,
  bold: text => `[bold ${text}]`,
  code: text => `[code ${text}]`,
  mention: text => `[you ${text}]`,
  status: text => text
}
const rows = (text: string, style = PLAIN, who = bob) =>
  messageRows(lineOf(who, text), new Names([ada, bob]), style)

test('a message is the time, who and what; an action what somebody does', () => {
  expect(rows('hi')).toEqual(['09:05 bob: hi'])
  expect(rows('/me waves')).toEqual(['09:05 ~ bob waves'])
  expect(rows('/me waves', WORDS)).toEqual(['09:05 ~ [b bob] waves'])
  expect(rows('hello ada', WORDS)).toEqual(['09:05 [you bob]: hello ada'])
})

test('equal nicks are told apart by the short key', () => {
  for (const nick of ['Ada', 'a\u200bda']) {
    const other = { identity: keyOf('c'), nick }
    const row = messageRow(lineOf(other, 'hi'), new Names([ada, other]), PLAIN)
    expect(row).toMatch(/^09:05 [Aa]da \(cccccccc\): hi$/)
  }
})

test('a stranger cannot write to the terminal by nick or text', () => {
  const stranger = { identity: keyOf('b'), nick: '\u001b[2Jx' }
  expect(messageRow(lineOf(stranger, 'a\u001b[2J\nb'), new Names(), PLAIN)).toBe(
    '09:05 [2Jx (bbbbbbbb): a\uFFFD[2J ⏎ b'
  )
})

test('lines of one message have a margin that nobody can leave', () => {
  expect(rows('one\r\n09:05 ada: two\u2028three')).toEqual([
    '09:05 bob: one',
    '      | 09:05 ada: two',
    '      | three'
  ])
  const many = rows('x\n'.repeat(1_000))
  expect(many).toHaveLength(50)
  expect(many.join('').match(/x/g)).toHaveLength(1_000)
})

test('code and stress are styled, with their signs; URLs are left alone', () => {
  const styled = (text: string) => markedUpRows(text.split('\n'), WORDS)
  expect(styled('use `rm *x*`, *now*!')).toEqual(['use [code `rm *x*`], [bold *now*]!'])
  for (const text of ['2*3*4', '* a * b', 'https://x.org/*a*`b`', '``', '**'])
    expect(styled(text)).toEqual([text])
  expect(styled('a\n```js\nx *y* `z`\n```\n*b*')).toEqual([
    'a',
    '[code ```js]',
    '[code x *y* `z`]',
    '[code ```]',
    '[bold *b*]'
  ])
})

test('a message of nothing but signs takes no time', () => {
  const begun = performance.now()
  for (const sign of ['*', '`', '*a', ' *', '*a ', '`a`*'])
    markedUpRows([sign.repeat(8_192 / sign.length)], WORDS)
  expect(performance.now() - begun).toBeLessThan(5_000)
})

test('every colour of a name can be read on dark and on light', () => {
  expect(NAME_COLOURS.length).toBeGreaterThan(20)
  for (const colour of NAME_COLOURS) {
    const luminance = luminanceOf(partsOf(colour))
    expect((luminance + 0.05) / 0.05).toBeGreaterThanOrEqual(3.7)
    expect(1.05 / (luminance + 0.05)).toBeGreaterThanOrEqual(3.7)
  }
})

test('the colour is the identity’s, and many have different ones', () => {
  const identities = Array.from(
    { length: 100 },
    (_, i) => keyOf('f').replace(/^.{8}/, `${i}`.padStart(8, '0')) as IdentityKey
  )
  const colours = new Set(identities.map(colourOf))
  expect(colours.size).toBeGreaterThan(10)
  expect(colourOf(keyOf('a'))).toBe(colourOf(keyOf('a')))
})

test.each([1, 4, 8, 24])('a style of %d bits ends where it began', async bits => {
  const emulator = new Emulator({}, () => {})
  const written = rows('ada: *a* `b`', terminalStyle(bits)).join('\r\n')
  await new Promise<void>(resolve => emulator.write(written, resolve))
  expect(emulator.lines).toEqual(['09:05 bob: ada: *a* `b`'])
  expect(written.endsWith('\u001b[0m') || !written.includes('\u001b')).toBe(true)
})

test('markers read well aloud', () => {
  expect(markerRow({ type: 'day', time: at })).toBe('--- Friday, 2 January 2026 ---')
  expect(markerRow({ type: 'unseen', since: at })).toBe(
    '--- new since you left, Friday, 2 January 2026 09:05 ---'
  )
})
