import { expect, test } from 'vitest'
import type { ScreenActs, Talk } from '../../src/ui/slash/command.js'
import { commandNames, helpLines } from '../../src/ui/slash/table.js'
import { insteadOf, parseTyped } from '../../src/ui/slash.js'

const screen = {} as ScreenActs
const inRoom = { room: {} } as Talk
const onScreen: Talk = { ...inRoom, screen }
const everywhere = [inRoom, onScreen, { screen }]

test('a line is said as it was typed', () => {
  expect(parseTyped(' hello there ')).toEqual({ type: 'say', text: ' hello there ' })
})

test('help fits a terminal of 40 columns', () => {
  for (const place of everywhere)
    for (const line of helpLines(place)) expect(line.length).toBeLessThanOrEqual(40)
})

test('nothing but white space is nothing', () => {
  expect(parseTyped('  ')).toEqual({ type: 'nothing' })
})

test('commands, with what follows them', () => {
  const command = (command: string, rest: string, text: string) => ({
    type: 'command',
    command,
    rest,
    text
  })
  expect(parseTyped('/quit')).toEqual(command('quit', '', '/quit'))
  expect(parseTyped(' /WHO ')).toEqual(command('who', '', '/WHO'))
  const nick = '/nick  ada lovelace'
  expect(parseTyped(`${nick} `)).toEqual(command('nick', 'ada lovelace', nick))
  expect(parseTyped('/toString')).toEqual(command('tostring', '', '/toString'))
  expect(parseTyped(' / ')).toEqual(command('', '', '/'))
  expect(insteadOf('lastlog')).toBe('What was said: /search <words>')
  expect(insteadOf('constructor')).toBe('/help lists the commands.')
})

test('two slashes say one', () => {
  expect(parseTyped('//etc')).toEqual({ type: 'say', text: '/etc' })
})

test('help names every command that there is in a chat', () => {
  for (const place of everywhere) {
    const help = helpLines(place).join('\n')
    for (const name of commandNames(place)) expect(help).toContain(`/${name}`)
  }
  expect(helpLines(onScreen).join('\n')).toContain('//text')
})

test('there is no command that lacks what it needs', () => {
  for (const name of ['join', 'part', 'rooms', 'clear'])
    expect(commandNames(inRoom)).not.toContain(name)
  for (const name of ['join', 'part', 'who', 'quit']) expect(commandNames(onScreen)).toContain(name)
  expect(commandNames({ screen }).sort()).toEqual(['clear', 'help', 'join', 'quit', 'rooms'])
})
