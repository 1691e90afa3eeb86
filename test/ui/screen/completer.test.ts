import { expect, test } from 'vitest'
import { Contacts } from '../../../src/home/contacts.js'
import { DEFAULT_HABITS, type Habits, noHabits } from '../../../src/ui/habits.js'
import { Completer } from '../../../src/ui/screen/completer.js'
import type { Tab } from '../../../src/ui/screen/tab.js'
import { wordsIn } from '../../../src/ui/screen/words-of.js'
import { viewOf } from '../../../src/ui/view-of.js'
import { fakeRoom, other } from '../fake-room.js'

const [BEN, BEA, ANA] = [other('b', 'ben'), other('c', 'Bea'), other('d', 'ana')]
const LEE = other('e', 'ann lee')
const GONE = other('f', 'bernd')
const CHOICES = { bell: ['off', 'all'], joins: ['all'] }

/** What Tab completes in a room of ada's, where these spoke, the last one first, and one of them has left. */
function wordsOf(contacts = new Contacts(), ...more: (typeof ANA)[]) {
  const { room } = fakeRoom()
  const habits: Habits = { ...noHabits(), contacts, choices: CHOICES, of: () => DEFAULT_HABITS }
  const view = viewOf(room, habits)
  for (const [at, who] of [GONE, LEE, ANA, BEA, BEN, ...more].entries()) {
    view.people.here(who.identity, who.nick, at)
    const message = { from: who.identity, nick: who.nick, text: 'x', time: at, history: false }
    view.take({ type: 'message', message: { ...message, id: who.identity as never } }, at)
  }
  view.people.gone(GONE.identity)
  const screen = { clear() {}, quit() {}, join() {}, part() {}, rooms: () => [] }
  const talk = { room, habits, view, screen, say() {}, put() {}, quit() {}, waiting: () => 0 }
  return wordsIn({ room, talk, view } as unknown as Tab, habits, ['lobby', 'builds'])
}

/** What a text becomes after each press of Tab. */
function pressed(text: string, times = 1, after = '', words = wordsOf()): string[] {
  const completer = new Completer(() => words)
  let left = text
  return Array.from({ length: times }, () => {
    const found = completer.complete({ text: left + after, cursor: left.length })
    if (found !== undefined) left = left.slice(0, left.length - found.units) + found.text
    return left
  })
}

test('a nick at the beginning is spoken to, elsewhere spoken of', () => {
  expect(pressed('an')).toEqual(['ana: '])
  expect(pressed('ask AN')).toEqual(['ask ana '])
  expect(pressed('hi @a', 1, ', bye')).toEqual(['hi @ana '])
})

test('pressed again, the next one who fits: who spoke last comes first', () => {
  expect(pressed('b', 4)).toEqual(['ben: ', 'Bea: ', 'ben: ', 'Bea: '])
  expect(pressed('ask b', 3)).toEqual(['ask ben ', 'ask Bea ', 'ask ben '])
})

test('commands, and what follows them', () => {
  expect(pressed('/wh', 2)).toEqual(['/who ', '/why '])
  expect(pressed('/set b', 3)).toEqual(['/set bell ', '/set bell off ', '/set bell all '])
  expect(pressed('/set zz')).toEqual(['/set zz'])
  expect(pressed('/set constructor ')).toEqual(['/set constructor \t'])
  expect(pressed('/join ', 2)).toEqual(['/join lobby ', '/join builds '])
  expect(pressed('/IGNORE b', 3)).toEqual(['/IGNORE ben ', '/IGNORE Bea ', '/IGNORE bernd '])
})

test('a nick with blanks is completed as a whole, and a text may follow it', () => {
  expect(pressed('/msg ann l')).toEqual(['/msg ann lee '])
  expect(pressed('/msg ann lee ask b', 2)).toEqual([
    '/msg ann lee ask ben ',
    '/msg ann lee ask Bea '
  ])
  expect(pressed('/me greets an', 2)).toEqual(['/me greets ana ', '/me greets ann lee '])
})

test('a name of ours is for commands; what others read has the nick', () => {
  const contacts = new Contacts()
  contacts.setName(ANA.identity, 'Mum')
  expect(pressed('/msg mu', 1, '', wordsOf(contacts))).toEqual(['/msg Mum '])
  expect(pressed('/msg an', 1, '', wordsOf(contacts))).toEqual(['/msg ana '])
  expect(pressed('mu', 1, '', wordsOf(contacts))).toEqual(['ana: '])
  expect(pressed('/me hugs mu', 1, '', wordsOf(contacts))).toEqual(['/me hugs ana '])
})

test('nobody speaks to themselves, and no nick brings more than itself to what is typed', () => {
  expect(pressed('ad')).toEqual(['ad'])
  const evil = other('9', 'ev\u001b[2J\nil\u202e')
  const [text = ''] = pressed('ev', 1, '', wordsOf(new Contacts(), evil))
  expect(text).toMatch(/^ev.*il.*: $/)
  expect(pressed('/msg ev', 1, '', wordsOf(new Contacts(), evil))[0]).toMatch(/^\/msg ev.*il.* $/)
  for (const sign of ['\u001b', '\n', '\u202e']) expect(text).not.toContain(sign)
})

test('where nothing fits nothing happens; after a blank in a text it is a tab', () => {
  expect(pressed('zz')).toEqual(['zz'])
  expect(pressed('/zz')).toEqual(['/zz'])
  expect(pressed('a ')).toEqual(['a \t'])
  expect(pressed('/me ')).toEqual(['/me \t'])
  expect(pressed('')).toEqual(['\t'])
})
