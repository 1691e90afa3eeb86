import { expect, test } from 'vitest'
import { Completer } from '../../../src/ui/screen/completer.js'

const words = {
  commands: ['nick', 'who', 'why'],
  nicks: ['ben', 'Bea', 'ana'],
  argumentsOf: (command: string) => (command === 'set' ? ['bell'] : ['ben', 'Bea'])
}

/** What a text becomes after each press of Tab. */
function pressed(text: string, times = 1, after = ''): string[] {
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
  expect(pressed('/w', 2)).toEqual(['/who ', '/why '])
  expect(pressed('/set b')).toEqual(['/set bell '])
  expect(pressed('/IGNORE b', 2)).toEqual(['/IGNORE ben ', '/IGNORE Bea '])
})

test('where nothing fits nothing happens; after a blank it is a tab', () => {
  expect(pressed('zz')).toEqual(['zz'])
  expect(pressed('/zz')).toEqual(['/zz'])
  expect(pressed('a ')).toEqual(['a \t'])
  expect(pressed('')).toEqual(['\t'])
})
