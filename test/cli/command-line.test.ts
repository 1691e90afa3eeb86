import { expect, test } from 'vitest'
import type { SwarmchatError } from '../../src/base/errors.js'
import { readCommandLine } from '../../src/cli/command-line.js'

const COMMANDS = ['bot', 'bot:new', 'connect', 'join', 'send', 'whoami']
const read = (line: string) => readCommandLine(line.split(' ').filter(Boolean), COMMANDS)

test.each(['--version', '-v', 'version'])('%s is the version', line =>
  expect(read(line)).toEqual({ type: 'version' })
)

test('nothing is the start page', () => expect(read('')).toEqual({ type: 'start' }))

test.each(['help', '-h', '--help', 'help help'])('%j is help about the program', line =>
  expect(read(line)).toEqual({ type: 'help', about: undefined })
)

test.each([
  ['help join', 'join'],
  ['join --help', 'join'],
  ['join -h', 'join'],
  ['--help join', 'join'],
  ['join lobby --help', 'join'],
  ['help bot', 'bot'],
  ['help bot new', 'bot:new'],
  ['bot new --help', 'bot:new'],
  ['bot new dice -h', 'bot:new']
])('%j is help about %s', (line, about) => expect(read(line)).toEqual({ type: 'help', about }))

test('a command and its words', () => {
  expect(read('join lobby -n ada')).toEqual({
    type: 'run',
    command: 'join',
    words: ['lobby', '-n', 'ada']
  })
  expect(read('bot new dice')).toEqual({ type: 'run', command: 'bot:new', words: ['dice'] })
  expect(read('bot lobby dice.js')).toMatchObject({ command: 'bot' })
  expect(read('whoami extra')).toMatchObject({ command: 'whoami', words: ['extra'] })
})

test('what comes after -- is not ours', () => {
  expect(read('bot lobby -- prog --help')).toMatchObject({ type: 'run', command: 'bot' })
  expect(read('send lobby -- --help')).toMatchObject({ type: 'run', command: 'send' })
})

test('what is no command, nor nearly one, may be a room', () => {
  const hint = (line: string) => {
    try {
      return read(line)
    } catch (thrown) {
      return (thrown as SwarmchatError).hint
    }
  }
  expect(hint('lobby')).toBe('To join a room: swarmchat join lobby. All commands: swarmchat --help')
  expect(hint('#lobby --nick ada')).toMatch(/swarmchat join '#lobby'/)
  for (const line of ['jion', '--json', 'help lobby', 'a;b'])
    expect(hint(line)).toBe('All commands: swarmchat --help')
})

test.each([
  ['jion', 'There is no command jion. Did you mean join?'],
  ['jion lobby', 'There is no command jion. Did you mean join?'],
  ['jion --help', 'There is no command jion. Did you mean join?'],
  ['help jion', 'There is no command jion. Did you mean join?'],
  ['Connect key', 'There is no command Connect. Did you mean connect?'],
  ['JOIN lobby', 'There is no command JOIN. Did you mean join?'],
  ['xyzzy', 'There is no command xyzzy.'],
  ['toString', 'There is no command toString.'],
  ['--json join', 'The command comes first, before --json.']
])('%j: %s', (line, message) => {
  expect(() => read(line)).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_COMMAND', message, exitCode: 2 })
  )
})
