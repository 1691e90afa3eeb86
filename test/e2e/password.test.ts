import { expect, test } from 'vitest'
import { newHome, PROGRAM } from '../support/cli.js'
import { TerminalWindow } from '../support/terminal-window.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()
const PASSWORD = ' correct horse battery staple'

function onTerminal(...words: string[]): TerminalWindow {
  const env = { ...world.env, SWARMCHAT_HOME: newHome() }
  return world.add(new TerminalWindow([process.execPath, PROGRAM, ...words], { env }))
}

test('a password that is typed leads to the room of the same one, and is never shown', async () => {
  const ana = world.start(['join', 'team', '--json', '--nick', 'ana'], {
    SWARMCHAT_PASSWORD: PASSWORD
  })
  await ana.object('ready')
  const stranger = world.start(['join', 'team', '--json', '--nick', 'eve'])
  await stranger.object('ready')
  const ada = onTerminal('join', 'team', '--password', '--nick', 'ada')
  await ada.shows(/Password:/)
  ada.type(`${PASSWORD}\r`)
  await ana.object('join', ({ nick }) => nick === 'ada')
  await ada.shows(/ana/)
  ada.type('only for us\r')
  await ana.object('message', ({ text }) => text === 'only for us')
  expect(ada.written).not.toContain('horse')
  expect(stranger.objects.map(({ type }) => type)).not.toContain('message')
  expect(stranger.objects.map(({ type }) => type)).not.toContain('join')
})

test('alone there, one is told that another password is another room; Ctrl-C ends the question', async () => {
  const ada = onTerminal('join', 'team', '--password')
  await ada.shows(/Password:/)
  ada.type(`${PASSWORD}\r`)
  await ada.shows(/Whoever has another password is/)
  const bob = onTerminal('join', 'team', '--password')
  await bob.shows(/Password:/)
  bob.type('\u0003')
  expect(await bob.exited).toBe(0)
})
