import { expect, test } from 'vitest'
import { promptChat } from '../../src/ui/prompt-chat.js'
import { Screen } from '../support/screen.js'
import { until } from '../support/until.js'
import { fakeRoom, flushed, other } from './fake-room.js'

const [bob, cyd] = [other('b', 'bob'), other('c', 'cyd')]

/** A chat on a terminal in front of a person. */
function chatting(room = fakeRoom()) {
  const screen = new Screen()
  const stop = new AbortController()
  const io = {
    input: screen.input,
    output: screen.output,
    errors: screen.output,
    obeysEscapes: true,
    interrupted: stop.signal,
    interrupt: () => stop.abort(),
    suspend: () => {},
    onresume: () => () => {}
  }
  const done = promptChat(room.room, io)
  /** The lines on the screen, without their times. */
  const lines = () => screen.emulator.lines.map(line => line.replace(/^\d\d:\d\d /, ''))
  const shows = (line: string) => until([screen], 'update', () => lines().includes(line))
  return { ...room, screen, done, lines, shows, leave: () => stop.abort() }
}

test('commands are obeyed, and the rest is said', async () => {
  const chat = chatting()
  chat.screen.type('hi\r/nick grace\r/who\r/help\r/dance\r/quit\r')
  await chat.done
  await chat.screen.settled()
  expect(chat.said).toEqual(['hi'])
  expect(chat.renamed).toEqual(['grace'])
  for (const line of [
    'Joining lobby as ada. /help lists the commands.',
    'You are now known as ada.',
    '1 in the room:',
    '! Unknown command /dance. /help lists the commands.'
  ])
    expect(chat.lines()).toContain(line)
  expect(chat.lines().join('\n')).toMatch(/^\/nick <name>/m)
})

test('nothing is said or shown after /quit, and the prompt is gone', async () => {
  const chat = chatting()
  chat.screen.type('first\r/quit\rsecond\r\u001b[200~third\u001b[201~\r')
  await chat.done
  await chat.screen.settled()
  expect(chat.said).toEqual(['first'])
  expect(chat.lines().at(-1)).not.toMatch(/^>/)
})

test('a paste is one message', async () => {
  const chat = chatting()
  await chat.screen.settled()
  chat.screen.paste('one\n/quit\ntwo\n')
  chat.screen.type('\r')
  await flushed()
  expect(chat.said).toEqual(['one\n/quit\ntwo'])
  chat.leave()
  await chat.done
})

test('a paste that is too long for one message is said in parts, and none of it is lost', async () => {
  const chat = chatting()
  await chat.screen.settled()
  const lines = Array.from({ length: 4_000 }, (_, i) => `line ${i}`)
  chat.screen.paste(lines.join('\n'))
  await flushed()
  chat.screen.type('\r')
  await flushed()
  expect(chat.said.length).toBeGreaterThan(3)
  expect(chat.said.join('\n').split('\n')).toEqual(lines)
  chat.leave()
  await chat.done
})

test('lines that wait to be sent when one leaves are told of', async () => {
  const chat = chatting()
  chat.screen.type('x\r'.repeat(1_500))
  await flushed()
  chat.leave()
  await chat.done
  await chat.screen.settled()
  expect(chat.lines().at(-1)).toBe(`* ${1_500 - chat.said.length} lines were not sent`)
})

test('what cannot be done is explained, and the chat goes on', async () => {
  const chat = chatting()
  chat.screen.type('too long\r')
  await chat.shows('! That cannot be sent: it is too long.')
  chat.screen.type('fine\r')
  await flushed()
  expect(chat.said).toEqual(['fine'])
  chat.leave()
  await chat.done
})

test('who was here before is named when we are in, who comes then is told', async () => {
  const chat = chatting()
  chat.join(bob)
  chat.hear(bob, 'long ago', 0, true)
  await chat.shows('* in the room with bob')
  expect(chat.lines()).not.toContain('* bob joined')
  expect(chat.lines()).toContain('bob: long ago')
  chat.join(cyd)
  await chat.shows('* cyd is here')
  chat.tell({ type: 'leave', ...bob })
  await chat.shows('* bob left')
  chat.screen.type('\u0003')
  await chat.done
})

test('nobody is there: told once that is known', async () => {
  const chat = chatting()
  await chat.shows('* in the room; nobody else is here yet')
  chat.screen.type('\u0004')
  await chat.done
})

test('a crowd is counted, not listed', async () => {
  const room = fakeRoom()
  for (const digit of '123456789') room.others.push(other(digit, `m${digit}`))
  const chat = chatting(room)
  await chat.shows('* in the room with m1, m2, m3, m4, m5 and 4 more')
  chat.leave()
  await chat.done
})

test('a second terminal of one identity is told that it is one, once', async () => {
  const chat = chatting()
  const self = other('a', 'ada')
  for (const device of ['e', 'f']) chat.find(device, 'present', self)
  const told = '* you are also here from another terminal or device; others see one member'
  await chat.shows(told)
  await chat.screen.settled()
  expect(chat.lines().filter(line => line === told)).toHaveLength(1)
  chat.leave()
  await chat.done
})

test('a room name cannot touch the terminal', async () => {
  const room = fakeRoom()
  Object.assign(room.room, { name: 'a\u202eb\u001b[2J' })
  const chat = chatting(room)
  await chat.shows('Joining a\uFFFDb\uFFFD[2J as ada. /help lists the commands.')
  chat.leave()
  await chat.done
})
