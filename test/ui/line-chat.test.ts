import { expect, test } from 'vitest'
import { pipeChat, promptChat } from '../../src/ui/line-chat.js'
import { fakeIo, fakeRoom } from './fake-room.js'

function chatting(view: typeof pipeChat) {
  const room = fakeRoom()
  const screen = fakeIo()
  return { ...room, ...screen, done: view(room.room, screen.io) }
}

test('in a pipe every line is a message, slashes and all', async () => {
  const chat = chatting(pipeChat)
  chat.io.input.end('first\n\n/quit\nlast\ntoo long')
  await chat.until('too long')
  expect(chat.said).toEqual(['first', '/quit', 'last'])
  chat.interrupt()
  await chat.done
})

test('on a terminal commands are obeyed', async () => {
  const chat = chatting(promptChat)
  chat.io.input.write('hi\r/nick grace\r/who\r/help\r/dance\r/quit\r')
  await chat.done
  expect(chat.said).toEqual(['hi'])
  expect(chat.renamed).toEqual(['grace'])
  for (const text of [
    'Joining lobby as ada',
    '1 in the room: ada (you)',
    '/nick <name>',
    'no /dance'
  ])
    expect(chat.written()).toContain(text)
})

test('a room whose name tampers with the terminal is named safely', async () => {
  const { room } = fakeRoom()
  Object.assign(room, { name: 'a\u202eb\u001b[2J' })
  const { interrupt, io, until } = fakeIo()
  const done = promptChat(room, io)
  await until('Joining a\uFFFDb\uFFFD[2J as ada')
  interrupt()
  await done
})

test('on a terminal what cannot be said is explained', async () => {
  const chat = chatting(promptChat)
  chat.io.input.write('too long\r')
  await chat.until('! That cannot be sent: it is too long.')
  chat.interrupt()
  await chat.done
})

test('events are shown', async () => {
  const chat = chatting(promptChat)
  chat.emit('update', { type: 'join', identity: 'b'.repeat(64), nick: 'bob' })
  await chat.until('* bob joined')
  await chat.until('in the room; nobody else is here yet')
  chat.io.input.write('\u0003')
  await chat.done
})

test('a second terminal of one identity is told that it is one, once', async () => {
  const chat = chatting(promptChat)
  for (const device of ['e', 'f']) {
    const twin = { type: 'peer', device: device.repeat(64), identity: 'a'.repeat(64) }
    chat.emit('peer', { ...twin, state: 'verified' })
    chat.emit('peer', { ...twin, state: 'present' })
  }
  await chat.until('you are here on another terminal or device')
  expect(chat.written().match(/another terminal/g)).toHaveLength(1)
  chat.io.input.write('\u0003')
  await chat.done
})
