import { expect, test } from 'vitest'
import { jsonChat } from '../../src/ui/json-chat.js'
import { fakeIo, fakeRoom } from './fake-room.js'

function chatting() {
  const room = fakeRoom()
  const screen = fakeIo()
  const done = jsonChat(room.room, screen.io)
  const objects = () =>
    screen
      .written()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
  return {
    ...room,
    ...screen,
    done,
    objects,
    type: (line: string) => screen.io.input.write(`${line}\n`)
  }
}

test('says that it is ready, and as whom', async () => {
  const chat = chatting()
  await chat.until('ready')
  expect(chat.objects()).toEqual([
    {
      type: 'ready',
      room: 'lobby',
      topic: 't'.repeat(64),
      identity: 'a'.repeat(64),
      device: 'd'.repeat(64)
    }
  ])
})

test('says what it is told to say', async () => {
  const chat = chatting()
  chat.type('{"type":"say","text":"hi"}')
  chat.type('{"type":"leave"}')
  await chat.done
  expect(chat.said).toEqual(['hi'])
})

test('a bad line gets an error object, and nothing else happens', async () => {
  const chat = chatting()
  chat.type('')
  chat.type('oops')
  chat.type('{"type":"say","text":"too long"}')
  chat.type('{"type":"say","text":"fine"}')
  await chat.until('BAD_TEXT')
  expect(chat.said).toEqual(['fine'])
  const errors = chat.objects().filter(({ type }) => type === 'error')
  expect(errors.map(({ code }) => code)).toEqual(['BAD_LINE', 'BAD_TEXT'])
})

test('the end of input is not the end, an interruption is', async () => {
  const chat = chatting()
  chat.io.input.end()
  chat.emit('update', { type: 'join', identity: 'b'.repeat(64), nick: 'bob' })
  await chat.until('"join"')
  chat.interrupt()
  await chat.done
})
