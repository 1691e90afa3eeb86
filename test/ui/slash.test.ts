import { expect, test } from 'vitest'
import { helpLines, insteadOf, parseTyped } from '../../src/ui/slash.js'

test('a line is said as it was typed', () => {
  expect(parseTyped(' hello there ')).toEqual({ type: 'say', text: ' hello there ' })
})

test('a name is needed to be called something else', () => {
  expect(parseTyped('/nick ')).toEqual({ type: 'incomplete', usage: '/nick <name>' })
})

test('help fits a terminal of 40 columns', () => {
  for (const line of helpLines()) expect(line.length).toBeLessThanOrEqual(40)
})

test('nothing but white space is nothing', () => {
  expect(parseTyped('  ')).toEqual({ type: 'nothing' })
})

test('commands, with what they take', () => {
  expect(parseTyped('/quit')).toEqual({ type: 'quit' })
  expect(parseTyped('/who ')).toEqual({ type: 'who' })
  expect(parseTyped('/nick  ada lovelace ')).toEqual({ type: 'nick', nick: 'ada lovelace' })
})

test('/why, of all or of one', () => {
  expect(parseTyped('/why')).toEqual({ type: 'why', peer: '' })
  expect(parseTyped('/why  ben ')).toEqual({ type: 'why', peer: 'ben' })
})

test('an unknown command is one, whatever it is called', () => {
  expect(parseTyped('/nikc ada')).toEqual({ type: 'other', command: 'nikc', text: '/nikc ada' })
  expect(parseTyped('/toString')).toEqual({ type: 'other', command: 'tostring', text: '/toString' })
  expect(parseTyped(' / ')).toEqual({ type: 'other', command: '', text: '/' })
  expect(insteadOf('constructor')).toBe('/help lists the commands.')
})

test('two slashes say one', () => {
  expect(parseTyped('//etc')).toEqual({ type: 'say', text: '/etc' })
})

test('help names every command', () => {
  const help = helpLines().join('\n')
  for (const command of ['/nick', '/who', '/why', '/help', '/quit', '//text'])
    expect(help).toContain(command)
})

test('words for one member need both, and never go to the room', () => {
  expect(parseTyped('/msg bob  how are you? ')).toEqual({
    type: 'direct',
    to: 'bob',
    text: 'how are you?'
  })
  for (const text of ['/msg', '/msg bob', '/MSG  bob '])
    expect(parseTyped(text)).toEqual({ type: 'incomplete', usage: '/msg <who> <text>' })
  expect(parseTyped('/accept bob')).toEqual({ type: 'accept', who: 'bob' })
  expect(parseTyped('/ignore ')).toEqual({ type: 'incomplete', usage: '/ignore <who>' })
  expect(insteadOf('w')).toBe('To one member alone: /msg <who> <text>')
})
