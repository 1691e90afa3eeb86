import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { bashCompletion } from '../../../src/cli/completion/bash.js'
import { fishCompletion } from '../../../src/cli/completion/fish.js'
import { shapesOf } from '../../../src/cli/completion/shape.js'
import { zshCompletion } from '../../../src/cli/completion/zsh.js'
import { testWith } from '../../support/programs.js'
import { SHELLS } from '../../support/shells.js'

const room = { name: 'room', required: true, multiple: true }
const network = { name: 'network', type: 'option', options: ['lan', 'local'] }
const shell = { name: 'shell', options: ['bash', 'zsh'] }
/** A small program with all that there is to complete; hostile words where there are words of ours. */
const COMMANDS = shapesOf([
  {
    id: 'join',
    summary: "Chat: it's $(touch pwned) `x`.",
    args: { room },
    flags: {
      nick: { name: 'nick', char: 'n', type: 'option' },
      plain: { name: 'plain', type: 'boolean', allowNo: true },
      network,
      file: { name: 'password-file', type: 'option', helpValue: 'FILE' }
    }
  },
  { id: 'config', summary: 'Settings.', args: {}, flags: {} },
  {
    id: 'config:set',
    summary: 'Set.',
    args: { key: { name: 'key' }, value: { name: 'value' } },
    flags: {}
  },
  { id: 'completion', summary: 'Scripts.', args: { shell }, flags: {} },
  { id: 'whoami', summary: 'You.', args: {}, flags: {} }
] as never)

const HOSTILE = '$(touch pwned)'
const PRINT = `printf '%s\\n' builds lobby 'two words' '${HOSTILE}'`
const BEFORE = {
  bash: `swarmchat() { ${PRINT}; }`,
  zsh: `swarmchat() { ${PRINT}; }`,
  fish: `function swarmchat; ${PRINT}; end`
}
const SCRIPTS = {
  bash: bashCompletion(COMMANDS),
  zsh: zshCompletion(COMMANDS),
  fish: fishCompletion(COMMANDS)
}
// The others quote what is chosen themselves.
const BLANKS = { bash: 'two\\ words', zsh: 'two words', fish: 'two words' }

describe.each(['bash', 'zsh', 'fish'] as const)('%s', name => {
  const directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  const complete = SHELLS[name](SCRIPTS[name], `cd ${directory}\n${BEFORE[name]}`)
  const test = testWith(name)

  test('completes commands, those of commands, and what they take', () => {
    expect(complete('co')).toEqual(expect.arrayContaining(['completion', 'config']))
    expect(complete('co')).not.toContain('join')
    expect(complete('config', '')).toEqual(['set'])
    expect(complete('config', 'set', 'be')).toEqual(['bell'])
    expect(complete('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh']))
    expect(complete('completion', 'b')).toEqual(['bash'])
  })

  test('completes flags, and what stands behind them', () => {
    expect(complete('join', 'lobby', '--n')).toEqual(
      expect.arrayContaining(['--nick', '--network', '--no-plain'])
    )
    expect(complete('join', '--network', 'lo')).toEqual(['local'])
    expect(complete('join', '--nick', 'lo')).toEqual([])
    expect(complete('whoami', '--n')).toEqual([])
  })

  test('completes rooms, as often as they may stand there, also behind a flag with a value', () => {
    expect(complete('join', 'lo')).toEqual(['lobby'])
    expect(complete('join', 'lobby', 'bu')).toEqual(['builds'])
    expect(complete('join', '--nick', 'ada', 'lo')).toEqual(['lobby'])
    expect(complete('join', 'tw')).toEqual([BLANKS[name]])
    expect(complete('whoami', 'lo')).toEqual([])
  })

  test('nothing that a room is called is run', () => {
    complete('join', '')
    complete('')
    expect(existsSync(join(directory, 'pwned'))).toBe(false)
  })
})
