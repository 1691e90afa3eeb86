import { expect, test, vi } from 'vitest'
import { deferred } from '../../src/async/deferred.js'
import { SETTLE_MILLIS } from '../../src/room/arrival.js'
import type { OnReady } from '../../src/room/ready-room.js'
import { jsonChat } from '../../src/ui/json-chat.js'
import { fakeIo, fakeRoom, flushed, other, settled } from './fake-room.js'

function chatting() {
  const room = fakeRoom()
  const screen = fakeIo()
  const done = jsonChat([room.room], screen.io)
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
      access: 'public',
      topic: 't'.repeat(64),
      identity: 'a'.repeat(64),
      device: 'd'.repeat(64)
    }
  ])
})

test('of a room that is still being opened it says once that it is ready, when others find it', async () => {
  const [{ room }, screen] = [fakeRoom(), fakeIo()]
  const opened = deferred()
  const open = async (onready: OnReady) => {
    onready(room)
    await opened.promise
    return room
  }
  const done = jsonChat([open], screen.io)
  await screen.until('"ready"')
  opened.resolve()
  screen.io.input.write('{"type":"leave"}\n')
  await done
  const types = screen.written().match(/"type":"[a-z]+"/g)
  expect(types?.filter(type => type === '"type":"ready"')).toHaveLength(1)
})

test('says of a room by each of its names that it is ready', async () => {
  const [lobby, again, screen] = [fakeRoom(), fakeRoom(), fakeIo()]
  Object.assign(again.room, { name: 'again' })
  const done = jsonChat([lobby.room, again.room], screen.io)
  await screen.until('"room":"again"')
  screen.io.input.write('{"type":"leave"}\n')
  await done
  const named = screen.written().match(/"type":"ready","room":"[a-z]+"/g)
  expect(named?.map(found => found.slice(23, -1))).toEqual(['lobby', 'again'])
})

test('says what it is told to say', async () => {
  const chat = chatting()
  chat.type('{"type":"say","text":"hi"}')
  chat.type('{"type":"leave"}')
  await chat.done
  expect(chat.said).toEqual(['hi'])
})

test('what was read of a last line is obeyed before leaving', async () => {
  const chat = chatting()
  chat.io.input.write('{"type":"say","text":"hi"}')
  await flushed()
  chat.interrupt()
  await chat.done
  expect(chat.said).toEqual(['hi'])
})

test('a byte order mark before the first line is no part of it', async () => {
  const chat = chatting()
  chat.type('\u{FEFF}{"type":"leave"}')
  await chat.done
})

test('thousands of messages are said in order as members take them; leave comes after all of them', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const chat = chatting()
  const texts = Array.from({ length: 4_000 }, (_, i) => `${i + 1}`)
  for (const text of texts) chat.type(JSON.stringify({ type: 'say', text }))
  chat.type('{"type":"leave"}')
  await settled(chat.said)
  expect(chat.said.length).toBeLessThan(1_500)
  await vi.advanceTimersByTimeAsync(2_000)
  await settled(chat.said)
  expect(chat.objects().find(({ type }) => type === 'waiting')?.count).toBeGreaterThan(2_000)
  while (chat.said.length < texts.length) {
    await vi.advanceTimersByTimeAsync(1_000)
    await settled(chat.said)
  }
  await chat.done
  vi.useRealTimers()
  expect(chat.said).toEqual(texts)
})

test('who was there before us is told as present', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const chat = chatting()
  chat.join(other('b', 'bob'))
  await vi.advanceTimersByTimeAsync(SETTLE_MILLIS)
  chat.join(other('c', 'cyd'))
  await flushed()
  vi.useRealTimers()
  const joins = chat.objects().filter(({ type }) => type === 'join')
  expect(joins.map(({ nick, present }) => [nick, present])).toEqual([
    ['bob', true],
    ['cyd', false]
  ])
  chat.interrupt()
  await chat.done
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

test('with several rooms each object says of which one it is, and each line names its own', async () => {
  const [lobby, builds, screen] = [fakeRoom(), fakeRoom(), fakeIo()]
  Object.assign(builds.room, { name: 'builds', topic: 'b'.repeat(64) })
  const done = jsonChat([Promise.resolve(lobby.room), builds.room], screen.io)
  await screen.until('"lobby"')
  builds.hear(other('b', 'bob'), 'red')
  const type = (value: object) => screen.io.input.write(`${JSON.stringify(value)}\n`)
  type({ type: 'say', room: 'builds', text: 'why?' })
  type({ type: 'say', room: '#Lobby', text: 'hi' })
  type({ type: 'say', text: 'to whom?' })
  type({ type: 'say', room: 'elsewhere', text: 'nowhere' })
  type({ type: 'leave', room: 'builds' })
  await screen.until('"left"')
  type({ type: 'say', room: 'builds', text: 'too late' })
  type({ type: 'leave' })
  await done
  await screen.until('BAD_LINE', 3)
  expect([lobby.said, builds.said]).toEqual([['hi'], ['why?', 'left']])
  const lines = screen.written().trimEnd().split('\n')
  const objects = lines.map(line => JSON.parse(line) as Record<string, string>)
  expect(objects.map(({ code, room, type }) => [type, room, code].join(' ').trim())).toEqual([
    'ready builds',
    'ready lobby',
    'message builds',
    'error  BAD_LINE',
    'error  BAD_LINE',
    'left builds',
    'error  BAD_LINE'
  ])
  expect(Object.keys(objects[2] ?? {}).slice(0, 2)).toEqual(['type', 'room'])
})

test('a program in several rooms ends when it has left the last of them, or one cannot be opened', async () => {
  const [lobby, builds, screen] = [fakeRoom(), fakeRoom(), fakeIo()]
  Object.assign(builds.room, { name: 'builds' })
  const done = jsonChat([lobby.room, builds.room], screen.io)
  for (const room of ['lobby', 'builds'])
    screen.io.input.write(`${JSON.stringify({ type: 'leave', room })}\n`)
  await done
  const failing = [fakeRoom().room, Promise.reject(new Error('no home'))]
  await expect(jsonChat(failing, fakeIo().io)).rejects.toThrow('no home')
})

test('of several rooms, what cannot be said is told with the room; who leaves one twice has left it once', async () => {
  const [lobby, builds, screen] = [fakeRoom(), fakeRoom(), fakeIo()]
  Object.assign(builds.room, { name: 'builds', topic: 'b'.repeat(64) })
  const done = jsonChat([lobby.room, builds.room], screen.io)
  const type = (value: object) => screen.io.input.write(`${JSON.stringify(value)}\n`)
  type({ type: 'say', room: 'builds', text: '' })
  type({ type: 'say', room: 'builds', text: 'bye' })
  type({ type: 'leave', room: 'builds' })
  type({ type: 'leave', room: 'builds' })
  await screen.until('"left"')
  type({ type: 'leave' })
  await done
  const lines = screen.written().trimEnd().split('\n')
  const objects = lines.map(line => JSON.parse(line) as Record<string, string>)
  expect(objects.filter(({ type }) => type === 'error')).toMatchObject([
    { code: 'BAD_TEXT', room: 'builds' }
  ])
  expect(objects.filter(({ type }) => type === 'left')).toHaveLength(1)
  expect(builds.said).toEqual(['bye', 'left'])
})
