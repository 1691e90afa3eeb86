import { expect } from 'vitest'
import { newHome, PROGRAM } from '../support/cli.js'
import { codeBlocks } from '../support/doc-code.js'
import { testWith } from '../support/programs.js'
import { TerminalWindow } from '../support/terminal-window.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()

/** Somebody on a terminal, in a home of their own, with the flags of this command line. */
function person(args: readonly string[]): TerminalWindow {
  const env = { ...world.env, SWARMCHAT_HOME: newHome() }
  return world.add(new TerminalWindow([process.execPath, PROGRAM, ...args], { env }))
}

const withoutTime = (line: string) => line.replace(/^\d\d:\d\d /, '')
// Who comes in our first seconds may have been there before us: of such a one no program says that it joined.
const asIfLater = (line: string) => line.replace('bob is here', 'bob joined')

testWith('python3')('the screen in the README is what the program shows', async () => {
  const [screen = ''] = codeBlocks('README.md')
    .filter(({ language }) => language === 'text')
    .map(({ code }) => code)
  const [command = '', ...promised] = screen.trimEnd().split('\n')
  const ada = person(command.replace('$ npx swarmchat ', '').split(' '))
  await ada.shows(/nobody else is here yet/)
  const bob = person(['join', 'lobby', '--nick', 'bob'])
  await Promise.all([ada.shows(/bob (joined|is here)/), bob.shows(/in the room with ada/)])
  ada.type('hello from ada\r')
  await bob.shows(/ada: hello from ada/)
  bob.type('hi ada\r')
  await ada.shows(/bob: hi ada/)
  bob.type('/nick bobby\r')
  await ada.shows(/bob is now bobby/)
  bob.type('/quit\r')
  await ada.shows(/bobby left/)
  // Where the README shows a cursor, the prompt is empty. A line may be there a moment before it is. Which networks there
  // are stands at the end of the status.
  expect(promised.at(-2)).toBe('> _')
  const status = promised.at(-1) ?? ''
  const lines = () =>
    ada.lines
      .filter(line => line.trim() !== '')
      .map(withoutTime)
      .map(asIfLater)
  await ada.until(() => lines().at(-2)?.trim() === '>' && lines().at(-1)?.startsWith(status))
  expect(lines().slice(0, -2)).toEqual(promised.slice(0, -2).map(withoutTime))
})
