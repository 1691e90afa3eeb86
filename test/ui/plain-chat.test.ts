import { afterEach, expect, test, vi } from 'vitest'
import { noHabits } from '../../src/ui/habits.js'
import { plainChat } from '../../src/ui/plain-chat.js'
import { fakeIo, fakeRoom, flushed, other } from './fake-room.js'

afterEach(() => {
  vi.useRealTimers()
})

const bob = other('b', 'bob')

/** A chat without a prompt; `isTTY`: the output is a terminal as well. */
function chatting(isTTY: boolean) {
  const room = fakeRoom()
  const streams = fakeIo()
  Object.assign(streams.io.output, { isTTY })
  const done = plainChat(room.room, streams.io, false)
  return { ...room, ...streams, done }
}

test('a terminal that obeys no escape sequences is given lines alone', async () => {
  const chat = chatting(true)
  chat.join(bob)
  await chat.until('in the room with bob')
  chat.hear(bob, 'hi')
  chat.io.input.write('hello\n/who\n/w bob x\n')
  await chat.until('Unknown command /w')
  expect(chat.said).toEqual(['hello'])
  chat.io.input.write('/quit\nlate\n')
  await chat.done
  expect(chat.said).toEqual(['hello'])
  expect(chat.shown()).toContain('2 in the room:\nada  aaaaaaaa  you')
  expect(chat.shown()).toMatch(/bob: hi$/m)
  expect(chat.told()).toBe('')
  expect(chat.shown()).not.toContain('\u001b')
})

test('a chat that is over follows the contacts no more', async () => {
  const { room } = fakeRoom()
  const { interrupt, io, until } = fakeIo()
  const habits = noHabits()
  const unfollow = vi.fn()
  vi.spyOn(habits.contacts, 'follow').mockReturnValue(unfollow)
  const done = plainChat(room, io, false, habits)
  await until('in the room')
  expect(unfollow).not.toHaveBeenCalled()
  interrupt()
  await done
  expect(unfollow).toHaveBeenCalledOnce()
})

test('our own rename is shown also before it is known who is here', async () => {
  const chat = chatting(true)
  const { identity } = chat.room
  chat.tell({ type: 'rename', identity, nick: 'lovelace', previous: 'ada' })
  chat.tell({ type: 'rename', identity: bob.identity, nick: 'bobby', previous: 'bob' })
  await chat.until('in the room')
  chat.interrupt()
  await chat.done
  expect(chat.shown()).toMatch(/^\d\d:\d\d \* ada is now lovelace$/m)
  expect(chat.shown()).not.toContain('bobby')
})

test('where the output goes elsewhere, the person is answered on the errors', async () => {
  const chat = chatting(false)
  chat.hear(bob, 'hi')
  chat.hear(bob, 'long ago', 0, true)
  chat.io.input.write('/who\n')
  await chat.until('in the room; nobody')
  chat.interrupt()
  await chat.done
  await flushed()
  expect(chat.shown()).toMatch(/^\d\d:\d\d bob: hi\n$/)
  expect(chat.told()).toMatch(/1 in the room:\nada/)
})

test('of history that comes by the thousand a hundred lines are shown between two looks at what is typed', async () => {
  const chat = chatting(true)
  for (let n = 1; n <= 1_000; n += 1) chat.hear(bob, `line ${n}`, n, true)
  const lines = () => chat.shown().split('bob: line ').length - 1
  let most = 0
  for (let before = 0; before < 1_000; ) {
    await new Promise(setImmediate)
    most = Math.max(most, lines() - before)
    before = lines()
  }
  expect(most).toBeLessThanOrEqual(100)
  const [first, last] = [chat.shown().indexOf('line 1\n'), chat.shown().lastIndexOf('line ')]
  expect(first).toBeLessThan(chat.shown().indexOf('line 2\n'))
  expect(chat.shown().slice(last)).toMatch(/^line 1000\n/)
  chat.interrupt()
  await chat.done
})

test('who has left is told of no crowd that came before', async () => {
  const chat = chatting(true)
  await chat.until('in the room')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  for (const digit of '123456789') chat.join(other(digit, `guest ${digit}`))
  chat.interrupt()
  await chat.done
  const before = chat.shown()
  expect(before).toContain('guest 5 is here')
  vi.advanceTimersByTime(60_000)
  expect(chat.shown()).toBe(before)
})

test('the end of what is typed is the end', async () => {
  const chat = chatting(true)
  chat.io.input.end('last words')
  await chat.done
  expect(chat.said).toEqual(['last words'])
})
