import { expect, test } from 'vitest'
import type { MessageId } from '../../src/base/ids.js'
import { Names } from '../../src/base/names.js'
import type { RoomUpdate } from '../../src/room/events.js'
import { RoomView } from '../../src/room/view/room-view.js'
import { keptLine } from '../../src/ui/kept.js'
import { eventLine } from '../../src/ui/lines.js'
import { markdownLines } from '../../src/ui/markdown.js'
import { messageRow } from '../../src/ui/messages/message-rows.js'
import { PLAIN } from '../../src/ui/messages/style.js'
import { other } from './fake-room.js'

const at = new Date(2024, 0, 1, 9, 5).getTime()
const [ann, ben] = [other('a', 'ann'), other('b', 'ben')]
const id = '1'.repeat(64) as MessageId
const by = '2'.repeat(64) as MessageId
const said = { from: ben.identity, time: at, history: false }

/** The line of each, in this order. */
function lines(...updates: RoomUpdate[]) {
  const view = new RoomView({
    room: { identity: other('c', 'cyd').identity, nick: 'cyd' },
    now: at
  })
  const names = new Names([ann, ben])
  return updates.map(update => {
    const [item] = view.take(update, at)
    if (item?.type === 'line') return messageRow(item.line, names, PLAIN)
    return item?.type === 'event' && eventLine(item.event, names, at, false, item.about)
  })
}

const hello: RoomUpdate = {
  type: 'message',
  message: { id, from: ann.identity, nick: 'ann', text: 'hello there', time: at, history: false }
}
const reply: RoomUpdate = {
  type: 'message',
  message: { ...said, id: by, nick: 'ben', text: 'hi', replyTo: id }
}
const reaction = (emoji: string, removed = false): RoomUpdate => ({
  type: 'reaction',
  id,
  by,
  ...said,
  emoji,
  removed
})

test('changes read well', () => {
  const edit: RoomUpdate = {
    type: 'edit',
    id,
    by,
    ...said,
    from: ann.identity,
    nick: 'ann',
    text: 'hello all'
  }
  const deletion: RoomUpdate = { type: 'delete', id, by, ...said, from: ann.identity }
  expect(lines(hello, reply, reaction('👍'), reaction('👍', true), edit, deletion)).toEqual([
    '09:05 ann: hello there',
    '09:05 ben, to ann "hello there": hi',
    '09:05 * ben put 👍 to ann: hello there',
    '09:05 * ben took 👍 back from ann: hello there',
    '09:05 * ann edited what they said at 09:05: hello all',
    '09:05 * ann deleted what they said at 09:05'
  ])
})

test('who is not here is called what they were called when they spoke', () => {
  const names = new Names()
  names.heard(ann)
  const shown = (event: Parameters<typeof eventLine>[0]) => eventLine(event, names, at, false)
  const put = { type: 'reaction', id, by, ...said, emoji: '👍', removed: false } as const
  expect(shown({ ...put, from: ann.identity })).toBe('09:05 * ann put 👍 to a message')
  const direct = { id, from: ben.identity, to: ann.identity, nick: 'ben', text: 'hi', time: at }
  const message = { ...direct, history: true, isRequest: false }
  expect(shown({ type: 'direct', message })).toBe('09:05 [private] ben to ann: hi')
  names.heard(other('d', 'ann'))
  expect(shown({ ...put, from: ann.identity })).toMatch(/ann \(a{8}\) put/)
})

test('what is about a line that was not shown is told all the same', () => {
  const deletion: RoomUpdate = { type: 'delete', id, by, ...said, from: ann.identity }
  expect(lines(reply, reaction('👍'), deletion)).toEqual([
    '09:05 ben, in reply: hi',
    '09:05 * ben put 👍 to a message',
    '09:05 * ann deleted a message'
  ])
})

test('a sign that is hostile text is harmless, and is not taken for words of ours', () => {
  expect(lines(hello, reaction('\u001b[2J left'))[1]).toBe(
    '09:05 * ben put "�[2J left" to ann: hello there'
  )
  expect(lines(hello, reaction('\u202ea\nb'))[1]).toBe(
    '09:05 * ben put "�a ⏎ b" to ann: hello there'
  )
})

test('a line that was edited before it came says so, and long ones are quoted in part', () => {
  const edited: RoomUpdate = {
    type: 'message',
    message: { ...hello.message, text: 'x'.repeat(100), edited: at }
  }
  const [first, second] = lines(edited, reply)
  expect(first).toBe(`09:05 ann: ${'x'.repeat(100)} (edited)`)
  expect(second).toBe(`09:05 ben, to ann "${'x'.repeat(32)}…": hi`)
})

test('what somebody does is nowhere shown with its /me', () => {
  const message = { ...said, id, from: ann.identity, nick: 'ann', text: '/me waves' }
  const edit = { type: 'edit', id, by, ...said, from: ann.identity, nick: 'ann' } as const
  const direct = { ...said, id: by, to: ann.identity, nick: 'ben', text: '/me nods' }
  expect(
    lines(
      { type: 'message', message },
      reply,
      reaction('👍'),
      { ...edit, text: '/me nods' },
      { type: 'direct', message: { ...direct, isRequest: false } }
    )
  ).toEqual([
    '09:05 ~ ann waves',
    '09:05 ben, to ann "~ waves": hi',
    '09:05 * ben put 👍 to ann: ~ waves',
    '09:05 * ann edited what they said at 09:05: ~ nods',
    '09:05 [private] ben to ann: ~ nods'
  ])
  expect(keptLine(message, new Names([ann]))).toBe('2024-01-01 09:05 ~ ann waves')
  expect([...markdownLines([message], new Names([ann]))].at(-1)).toBe('09:05 \\~ **ann** waves\n')
})
