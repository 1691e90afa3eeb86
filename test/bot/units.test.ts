import { expect, test } from 'vitest'
import { isAddressed } from '../../src/bot/addressed.js'
import { parseCall } from '../../src/bot/commands.js'
import { millisOf } from '../../src/bot/duration.js'
import { nameOf, nameOfProgram } from '../../src/bot/runner/bot-home.js'
import { StderrTail } from '../../src/bot/runner/stderr-tail.js'
import { nextCron } from '../../src/bot/schedule.js'

test.each([
  ['10m', 600_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1_500],
  ['500ms', 500],
  ['2d', 172_800_000],
  [250, 250]
])('%s is a duration', (text, millis) => {
  expect(millisOf(text)).toBe(millis)
})

test.each(['', '10', 'm', '10 m', '-5m', '0s', Number.NaN, -1, 0])('%j is none', text => {
  expect(() => millisOf(text)).toThrow(expect.objectContaining({ code: 'BAD_DURATION' }))
})

test.each([
  ['/roll 2d6', { name: 'roll', args: ['2d6'], rest: '2d6' }],
  ['!Roll', { name: 'roll', args: [], rest: '' }],
  ['dice: /roll "two words" x', { name: 'roll', args: ['two words', 'x'], rest: '"two words" x' }],
  ['@dice /roll', { name: 'roll', args: [], rest: '' }],
  ['/roll@dice 1', { name: 'roll', args: ['1'], rest: '1' }],
  ['/roll@other 1', undefined],
  ['roll', undefined],
  ['//roll', undefined],
  ['/', undefined],
  ['what about /roll', undefined]
])('%s', (text, call) => {
  expect(parseCall(text, 'dice')).toEqual(call)
})

test('nicks with odd characters are addressed too, and part of a nick is not', () => {
  expect(isAddressed('d.(ce: hi', 'd.(ce')).toBe(true)
  expect(isAddressed('hello @dice!', 'dice')).toBe(true)
  expect(isAddressed('hello @dicey', 'dice')).toBe(false)
  expect(isAddressed('dice are fun', 'dice')).toBe(false)
})

test('cron by the zone that is named, over a change of the clocks', () => {
  const before = Date.UTC(2024, 2, 30, 12)
  expect(nextCron('0 9 * * *', before, 'Europe/Berlin')).toBe(Date.UTC(2024, 2, 31, 7))
  expect(nextCron('0 9 * * *', before, 'UTC')).toBe(Date.UTC(2024, 2, 31, 9))
})

test('bots are called by their files', () => {
  expect(nameOf('/x/dice.ts')).toBe('dice')
  expect(nameOfProgram(['python3', '-u', 'bots/welcome.py', '--verbose'])).toBe('welcome')
  expect(nameOfProgram(['/usr/bin/cat'])).toBe('cat')
  expect(nameOfProgram(['jq', '-c', '.'], 'shout')).toBe('shout')
  expect(nameOfProgram(['jq', '-c', '.'], 'two words')).toBe('jq')
  expect(nameOfProgram(['jq', '-c', '.'], '..')).toBe('jq')
})

test.each([
  [['  File "/x/bot.py", line 3', 'SyntaxError: no'], ': bot.py:3: SyntaxError: no'],
  [['bot.sh: line 4: syntax error'], ': bot.sh:4: syntax error'],
  [['bot.rb:5: oops'], ': bot.rb:5: oops'],
  [[], '']
])('last words of %j', (lines, told) => {
  const words = new StderrTail()
  for (const line of lines) words.take(line)
  expect(String(words)).toBe(told)
})
