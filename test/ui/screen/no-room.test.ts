import { expect, test } from 'vitest'
import { SwarmchatError } from '../../../src/base/errors.js'
import type { IdentityKey } from '../../../src/base/ids.js'
import { noHabits } from '../../../src/ui/habits.js'
import { promptChat } from '../../../src/ui/prompt-chat.js'
import { Screen } from '../../support/screen.js'
import { until } from '../../support/until.js'
import { fakeRoom, flushed } from '../fake-room.js'

/** A chat in the lobby, with these further rooms to go to. */
function chatting(rooms: Record<string, Promise<ReturnType<typeof fakeRoom>>> = {}) {
  const lobby = fakeRoom()
  const screen = new Screen()
  const stop = new AbortController()
  const io = {
    ...{ input: screen.input, output: screen.output, errors: screen.output, obeysEscapes: true },
    ...{ interrupted: stop.signal, interrupt: () => stop.abort(), suspend: () => {} },
    onresume: () => () => {}
  }
  const called: (string | undefined)[] = []
  const source = {
    open: async (name: string, fallbackNick?: string) => {
      called.push(fallbackNick)
      return (await rooms[name])?.room ?? Promise.reject(new Error('none'))
    },
    networks: [],
    known: ['builds']
  }
  const done = promptChat(lobby.room, io, noHabits(), source)
  const shows = (line: string) =>
    until([screen], 'update', () => screen.emulator.lines.includes(line))
  return { called, lobby, screen, done, shows }
}

const builds = () => {
  const room = fakeRoom()
  Object.assign(room.room, { name: 'builds', topic: 'b'.repeat(64) })
  return room
}
const NOWHERE = 'You are in no room. /join <room> goes to one, /quit leaves.'

test('leaving the only room leaves the program running, which says what can be done', async () => {
  const { done, lobby, screen, shows } = chatting()
  screen.type('/part\r')
  await shows(`You have left lobby. ${NOWHERE}`)
  expect(lobby.said).toEqual(['left'])
  await shows('no room')
  screen.type('hello?\r/who\r/rooms\r/help /JOIN\r/help\r')
  await shows('You are in no room.')
  await shows('/join <room>  go to another (Alt-1)')
  await shows('/join <room>     go to another (Alt-1)')
  await screen.settled()
  expect(screen.emulator.lines.filter(line => line === `! ${NOWHERE}`)).toHaveLength(2)
  expect(lobby.said).toEqual(['left'])
  screen.type('/quit\r')
  await done
})

test('another room is joined from there, and lines typed meanwhile are for it', async () => {
  let open = (_: ReturnType<typeof fakeRoom>) => {}
  const other = builds()
  const { done, screen, shows } = chatting({
    builds: new Promise(resolve => {
      open = resolve
    })
  })
  screen.type('/part\r/join bu\t\r')
  await flushed()
  screen.type('early\ra dra')
  await flushed()
  open(other)
  await shows('--- builds ---')
  await shows('> a dra')
  screen.type('ft\r')
  await flushed()
  expect(other.said).toEqual(['early', 'a draft'])
  screen.type('/quit\r')
  await done
})

test('whoever joins a room from a chat is called there as in the chat', async () => {
  const { called, done, lobby, screen, shows } = chatting({ builds: Promise.resolve(builds()) })
  Object.assign(lobby.room, { nick: 'cyn' })
  screen.type('/join nowhere\r')
  await shows('! none')
  screen.type('/part\r/join builds\r')
  await shows('--- builds ---')
  expect(called).toEqual(['cyn', 'cyn'])
  screen.type('/quit\r')
  await done
})

test('a password is never taken for a part of the name of a room', async () => {
  const { called, done, screen, shows } = chatting()
  screen.type('/join vault --password x\r')
  await shows(
    '! /join takes a name alone. With a password: swarmchat join <room> --password, in a shell.'
  )
  expect(called).toEqual([])
  screen.type('/quit\r')
  await done
})

test('what is said while a room is being left is not shown in the next one', async () => {
  const other = builds()
  const { done, lobby, screen, shows } = chatting({ builds: Promise.resolve(other) })
  screen.type('/join builds\r')
  await shows('--- builds ---')
  const bob = { identity: 'b'.repeat(64) as IdentityKey, nick: 'bob' }
  screen.type('/part\r')
  await shows('--- lobby ---')
  other.hear(bob, 'too late')
  lobby.hear(bob, 'in time')
  await screen.settled()
  const said = screen.emulator.lines.filter(line => line.includes('bob: '))
  expect(said).toEqual([expect.stringContaining('in time')])
  screen.type('/quit\r')
  await done
})

test('a room that cannot be joined from there is told, and what was typed meanwhile is not lost in silence', async () => {
  const { done, screen, shows } = chatting()
  screen.type('/part\r/join nowhere\rlost\r')
  await shows('! none')
  await shows(`! ${NOWHERE}`)
  screen.type('\u0004')
  await done
})

test('a room that cannot be joined is told with what to do about it', async () => {
  const error = new SwarmchatError('OFFLINE', 'It is dark.', { hint: 'Make light.' })
  const { done, screen, shows } = chatting({ dark: Promise.reject(error) })
  screen.type('/join dark\r')
  await shows('! It is dark. Make light.')
  screen.type('/quit\r')
  await done
})

test('lines that nobody has are asked about before a room is left', async () => {
  const { done, lobby, screen, shows } = chatting()
  screen.type('x\r'.repeat(1_500))
  await flushed()
  screen.type('/part\r')
  await until([screen], 'update', () =>
    screen.emulator.lines.some(line =>
      /^[\d,]+ lines waiting that nobody has; part anyway\? Then \/part once more\.$/.test(line)
    )
  )
  expect(lobby.said).not.toContain('left')
  screen.type('/part\r')
  await shows(`You have left lobby. ${NOWHERE}`)
  screen.type('/quit\r')
  await done
})
