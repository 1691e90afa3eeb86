import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SETTLE_MILLIS } from '../../src/room/arrival.js'
import { pipeChat } from '../../src/ui/pipe-chat.js'
import { fakeIo, fakeRoom, flushed, other, settled } from './fake-room.js'

const [bob, cyd] = [other('b', 'bob'), other('c', 'cyd')]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function chatting(history = false) {
  const room = fakeRoom()
  const streams = fakeIo()
  const done = pipeChat(room.room, streams.io, history)
  const type = async (text: string | Buffer) => {
    streams.io.input.write(text)
    await flushed()
  }
  const leave = async () => {
    streams.interrupt()
    await done
    await flushed()
  }
  return {
    ...room,
    ...streams,
    type,
    leave,
    settle: () => vi.advanceTimersByTimeAsync(SETTLE_MILLIS)
  }
}

test('every line of input is a message, slashes and all, and its end is not the end', async () => {
  const { io, leave, said, told, type } = chatting()
  await type('first\n\n/quit\nlast\ntoo long\n')
  io.input.end('after')
  await flushed()
  expect(said).toEqual(['first', '/quit', 'last', 'after'])
  expect(told()).toBe('swarmchat: That cannot be sent: it is too long.\n')
  await leave()
})

test('what was read of a last line is said before leaving', async () => {
  const { leave, said, told, type } = chatting()
  await type('whole\nhalf')
  await leave()
  expect(said).toEqual(['whole', 'half'])
  expect(told()).toBe('')
})

test('that we are called otherwise is shown at once, before we know who was here', async () => {
  const { leave, room, shown, tell } = chatting()
  const { identity } = room
  tell({ type: 'rename', identity, nick: 'ida', previous: 'ada' })
  await flushed()
  expect(shown()).toContain('ida')
  await leave()
})

test('the output is what is said from now on; that we are there, and with whom, is told apart', async () => {
  const { hear, join, leave, settle, shown, told } = chatting()
  join(bob)
  hear(bob, 'long ago', 0, true)
  await settle()
  hear(bob, 'now', 1)
  join(cyd)
  await leave()
  expect(told()).toBe('swarmchat: in the room with bob\n')
  expect(shown().replace(/^\d\d:\d\d /gm, '')).toBe('bob: now\n* cyd joined\n')
})

test('history is there where it is asked for, by time', async () => {
  const { hear, leave, settle, shown } = chatting(true)
  hear(bob, 'second', 2, true)
  hear(cyd, 'first', 1, true)
  await settle()
  await leave()
  expect(shown().replace(/^\d\d:\d\d /gm, '')).toBe('cyd: first\nbob: second\n')
})

test('thousands of lines are sent in order as members take them, and told of', async () => {
  const { leave, said, told, type } = chatting()
  const lines = Array.from({ length: 4_000 }, (_, i) => `${i + 1}`)
  await type(`${lines.join('\n')}\n`)
  await settled(said)
  expect(said.length).toBeLessThan(1_500)
  await vi.advanceTimersByTimeAsync(1_500)
  await settled(said)
  expect(told()).toMatch(/^swarmchat: sending 2,\d{3} more, as fast as members take them$/m)
  while (said.length < lines.length) {
    await vi.advanceTimersByTimeAsync(1_000)
    await settled(said)
  }
  expect(said).toEqual(lines)
  await leave()
  expect(told()).not.toMatch(/not sent/)
})

test('lines that are not sent when we leave are told of', async () => {
  const { leave, said, told, type } = chatting()
  await type(`${'x\n'.repeat(1_500)}`)
  await leave()
  const count = (1_500 - said.length).toLocaleString('en')
  expect(told()).toBe(`swarmchat: ${count} lines were not sent\n`)
})

test('a line over 8 kB is sent in parts', async () => {
  const { leave, said, told, type } = chatting()
  await type(`${'x'.repeat(20_000)}\n`)
  expect(said.join('')).toBe('x'.repeat(20_000))
  expect(told()).toBe('')
  await leave()
})

test('UTF-16 is told, and not sent', async () => {
  const { leave, said, told, type } = chatting()
  await type(Buffer.from('\ufeffhello\n', 'utf16le'))
  expect(told()).toBe(
    'swarmchat: Standard input cannot be understood: it is UTF-16; UTF-8 is understood.\n'
  )
  expect(said).toEqual([])
  await leave()
})

test('strangers cannot touch the terminal by their nicks', async () => {
  const { join, leave, settle, told } = chatting()
  join(other('b', 'b\u001b[2Job\u202e'))
  await settle()
  await leave()
  expect(told()).toMatch(/^swarmchat: in the room with b\[2Job \(bbbbbbbb\)\n$/)
})
