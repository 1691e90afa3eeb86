import { expect, test } from 'vitest'
import type { ScreenActs } from '../../src/ui/slash/command.js'
import { commandNames, helpLines } from '../../src/ui/slash/table.js'
import { insteadOf, parseTyped } from '../../src/ui/slash.js'

const screen = {} as ScreenActs

test('a line is said as it was typed', () => {
  expect(parseTyped(' hello there ')).toEqual({ type: 'say', text: ' hello there ' })
})

test('help fits a terminal of 40 columns', () => {
  for (const line of helpLines({ screen })) expect(line.length).toBeLessThanOrEqual(40)
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
  expect(insteadOf('constructor')).toBe('/help lists the commands.')
})

test('two slashes say one', () => {
  expect(parseTyped('//etc')).toEqual({ type: 'say', text: '/etc' })
})

test('help names every command that there is in a chat', () => {
  const help = helpLines({ screen }).join('\n')
  for (const name of commandNames({ screen })) expect(help).toContain(`/${name}`)
  expect(help).toContain('//text')
  expect(commandNames({})).not.toContain('join')
  expect(helpLines({}).join('\n')).not.toContain('/join')
})
