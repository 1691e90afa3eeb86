import { afterEach, expect, test, vi } from 'vitest'
import { Names } from '../../src/base/names.js'
import type { RoomUpdate } from '../../src/room/events.js'
import { cardNews, cardRows, signedCardRows } from '../../src/ui/card.js'
import { NewsPause } from '../../src/ui/news-pause.js'
import { shortSubject, subjectNews } from '../../src/ui/subject.js'
import { widthOf } from '../../src/ui/width.js'
import { other } from './fake-room.js'

afterEach(() => void vi.useRealTimers())

const bob = other('b', 'bob')
const names = new Names([bob])
const subject = (text: string, history = false) =>
  ({
    ...{ type: 'subject', id: '1'.repeat(64), from: bob.identity, nick: 'bob' },
    ...{ subject: text, time: 1, history }
  }) as Extract<RoomUpdate, { type: 'subject' }>

test('it is told who changed it, and what it is when one comes', () => {
  expect(subjectNews(subject('lunch'), names)).toBe('bob changed the subject to "lunch"')
  expect(subjectNews(subject(''), names)).toBe('bob took the subject away')
  expect(subjectNews(subject('lunch', true), names)).toBe('the subject is "lunch", says bob')
  expect(subjectNews(subject('', true), names)).toBeUndefined()
})

test('nothing that strangers write reaches the terminal, or looks like words of ours', () => {
  const hostile = `\u001b[2J\u202e"\n12:00 bob: x${'\u0301'.repeat(200)}`
  for (const text of [subjectNews(subject(hostile), names) ?? '', shortSubject(hostile)]) {
    expect(/[\p{Cc}\u202e]/u.test(text)).toBe(false)
    expect(text.split('"')).toHaveLength(3)
  }
  expect(widthOf(shortSubject('字'.repeat(170)))).toBeLessThanOrEqual(34)
  expect(shortSubject('x'.repeat(512))).toBe(`"${'x'.repeat(31)}…"`)
  expect([shortSubject(''), shortSubject(undefined)]).toEqual(['', ''])
})

test('of many that come with history the last is shown; what is said now at once', () => {
  vi.useFakeTimers()
  const shown: string[] = []
  const pause = new NewsPause<ReturnType<typeof subject>>(({ subject }) => shown.push(subject))
  for (let n = 0; n < 500; n += 1) pause.take(subject(`old ${n}`, true))
  expect(shown).toEqual([])
  vi.advanceTimersByTime(300)
  expect(shown).toEqual(['old 499'])
  pause.take(subject('old', true))
  pause.take(subject('now'))
  vi.advanceTimersByTime(1_000)
  expect(shown).toEqual(['old 499', 'now'])
  pause.take(subject('last', true))
  pause.end()
  expect(shown.at(-1)).toBe('last')
})

const card = (texts: { title?: string; description?: string; rules?: string }, history = false) =>
  ({
    ...{ type: 'card', id: '1'.repeat(64), from: bob.identity, nick: 'bob', time: 1, history },
    ...{ title: '', description: '', rules: '', ...texts }
  }) as Extract<RoomUpdate, { type: 'card' }>

test('a card is told of when it changes, and shown with its margin', () => {
  const lobby = card({ title: 'The lobby', description: 'For all.', rules: 'Be kind.\n\nNo spam.' })
  expect(cardNews(lobby, names)).toBe('bob changed the card: /card shows it')
  expect(cardNews(card({}), names)).toBe('bob took the card away')
  expect(cardNews({ ...lobby, history: true }, names)).toBe('the room has a card: /card shows it')
  expect(cardNews(card({}, true), names)).toBeUndefined()
  expect(signedCardRows(lobby, names)).toEqual([
    'The card of this room, as bob put it:',
    '| The lobby',
    '| For all.',
    '| Be kind.',
    '| No spam.'
  ])
})

test('no card reaches the terminal as it is, or looks like lines of ours', () => {
  const hostile = `\u001b[2J\u202e\r\n12:00 bob: x${'\u0301'.repeat(200)}`
  const rows = cardRows({ title: hostile, description: hostile, rules: hostile })
  expect(rows).toHaveLength(4)
  for (const row of rows) {
    expect(row).toMatch(/^\| /)
    expect(/[\p{Cc}\u202e]/u.test(row)).toBe(false)
  }
  expect(cardRows(card({ rules: 'x\n'.repeat(300) }))).toHaveLength(25)
})
