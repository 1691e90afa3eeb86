import { expect, test } from 'vitest'
import { runCommand } from '../commands/run-command.js'

test.each([
  ['join', '', 'Which room? swarmchat join <room>'],
  ['send', '', 'Which room? swarmchat send <room> [text]'],
  ['topic', '', 'Which room? swarmchat topic <room>'],
  ['peers', '', 'Which room? swarmchat peers <room>'],
  ['connect', '', 'Which key? swarmchat connect <key>'],
  ['bot/new', '', 'Which name? swarmchat bot new <name>'],
  ['join', 'lobby attic', 'Several rooms at once need a terminal with a prompt, or --json.'],
  ['whoami', 'me', 'whoami does not know what to do with: me.'],
  ['join', 'lobby --nick', '--nick needs a value.'],
  ['join', 'lobby -n', '--nick needs a value.'],
  ['join', 'lobby --relay', '--relay needs a value.'],
  ['join', 'lobby --network', '--network needs one of: auto, public, local, lan.'],
  ['join', 'lobby --network lam', '--network must be one of: auto, public, local, lan; not lam.'],
  ['join', 'lobby --nick a --nick b', '--nick can be given only once.'],
  ['send', 'lobby hi --wait 0', '--wait must be a whole number, at least 1; not 0.'],
  ['send', 'lobby hi --wait two', '--wait must be a whole number; not two.'],
  [
    'send',
    'lobby hi --timeout 2592000',
    '--timeout must be a whole number, at most 86400; not 2592000.'
  ],
  ['join', 'lobby --nik a', 'join has no flag --nik. Did you mean --nick?'],
  ['topic', 'lobby --xyzzy', 'topic has no flag --xyzzy.']
])('%s %s: %s', async (command, words, message) => {
  const { thrown } = await runCommand(command, words.split(' ').filter(Boolean))
  expect(thrown).toMatchObject({ code: 'BAD_ARGUMENTS', message, exitCode: 2 })
})

test('a word after a command that has others below it: which there are', async () => {
  const { thrown } = await runCommand('config', ['sett', 'bell', 'all'])
  expect(thrown).toMatchObject({
    code: 'BAD_ARGUMENTS',
    message: 'There is no command config sett. Did you mean set?',
    hint: expect.stringMatching(
      /^There are: swarmchat config get, .*swarmchat config set.* How to use one: swarmchat config --help$/
    )
  })
  expect((await runCommand('contacts', ['xyzzy'])).thrown).toMatchObject({
    message: 'There is no command contacts xyzzy.'
  })
})

test('the hint names the command that was typed', async () => {
  const hintOf = async (command: string, words: string[]) =>
    (await runCommand(command, words)).thrown
  const hint = 'Usage: swarmchat send --help'
  expect(await hintOf('send', ['lobby', 'hi', '--timeout', '0'])).toMatchObject({ hint })
  expect(await hintOf('bot/new', [])).toMatchObject({
    hint: 'Usage: swarmchat bot new --help'
  })
})

test('a text that begins with dashes: the hint names --', async () => {
  for (const text of ['--- cut here ---', '-> there', '--'.repeat(3)])
    expect((await runCommand('send', ['lobby', text])).thrown).toMatchObject({
      code: 'BAD_ARGUMENTS',
      hint: 'If the text begins with a dash, put -- before it: swarmchat send <room> -- [text]'
    })
})

test('a name that no new bot can have: the hint says which it can', async () => {
  for (const name of ['../x', 'Dice', '1d6', 'x'.repeat(33)])
    expect((await runCommand('bot/new', [name])).thrown).toMatchObject({
      code: 'BAD_BOT_NAME',
      hint: expect.stringMatching(/^Give 1 to 32 lower-case letters, /)
    })
})

test('pieces of an invitation are not repeated', async () => {
  const { thrown } = await runCommand('peers', ['swarmchat:0804a0kdd1j', '6rrmdhe5pw'])
  expect(thrown).toMatchObject({
    message: 'peers does not know what to do with: what comes after the invitation.'
  })
  expect(JSON.stringify(thrown)).not.toContain('6rrm')
})
