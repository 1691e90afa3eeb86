import { expect, test } from 'vitest'
import { noHabits } from '../../src/ui/habits.js'
import { pinContacts } from '../../src/ui/names.js'
import { plainChat } from '../../src/ui/plain-chat.js'
import { fakeIo, fakeRoom, flushed, other } from './fake-room.js'

const [ana, eve] = [other('b', 'ana'), other('c', 'ana')]

/** What a person with a contact sees, who calls ana so. */
function watching() {
  const habits = noHabits()
  habits.contacts.setName(ana.identity, 'ana')
  const { io, interrupt, until, written } = fakeIo()
  const chat = fakeRoom()
  const done = plainChat(chat.room, io, true, habits)
  const leave = async () => {
    await flushed()
    interrupt()
    await done
    return written()
      .replace(/^\d\d:\d\d /gm, '')
      .split('\n')
  }
  return { ...chat, habits, leave, until }
}

test('who takes the nick of a contact is flagged when they first speak, and has a key', async () => {
  const { hear, join, leave } = watching()
  join(eve)
  hear(eve, 'send me money', 1)
  hear(eve, 'soon', 2)
  hear(ana, 'hello', 3)
  const lines = await leave()
  const flags = lines.filter(line => line.includes('is not the'))
  expect(flags).toEqual(['* ana (cccccccc) is not the ana that you know, who is bbbbbbbb'])
  expect(lines.indexOf(flags[0] ?? '')).toBeLessThan(lines.indexOf('ana (cccccccc): send me money'))
  expect(lines).toContain('ana: hello')
})

test('a look-alike is an imitation, also of one who was here before; nobody else is one', async () => {
  const { hear, join, leave, room, tell } = watching()
  const [ben, false_] = [other('d', 'ben'), other('e', 'bеn')]
  pinContacts(room, noHabits().contacts)
  join(ben)
  hear(ben, 'bye', 1)
  tell({ type: 'leave', identity: ben.identity, nick: ben.nick })
  hear(false_, 'me again', 2)
  hear(other('f', 'zoe'), 'hi', 3)
  const flags = (await leave()).filter(line => line.includes('is not the'))
  expect(flags).toEqual([expect.stringContaining('(eeeeeeee) is not the')])
})

test('a contact is called by our name, whatever nick they take', async () => {
  const { hear, leave } = watching()
  hear({ ...ana, nick: 'president' }, 'hello', 1)
  expect(await leave()).toContain('ana: hello')
})

test('whoever takes the nick of somebody verified is flagged loudly when they come, once', async () => {
  const { habits, hear, join, leave, room, tell } = watching()
  habits.contacts.setVerified(ana.identity, 'ana')
  pinContacts(room, habits.contacts)
  const late = other('d', 'zoe')
  join(eve)
  hear(eve, 'it is me, with a new phone', 1)
  join(late)
  hear(late, 'hello', 2)
  for (const [previous, nick] of ['zoe', 'ana', 'zoe', 'ana'].entries())
    tell({ type: 'rename', identity: late.identity, nick, previous: `${previous}` })
  hear(ana, 'hello', 3)
  const lines = await leave()
  const flags = lines.filter(line => line.includes('WARNING'))
  expect(flags).toEqual([
    expect.stringContaining('ana (cccccccc) is NOT the ana that you verified, who is bbbbbbbb'),
    expect.stringContaining('ana (dddddddd) is NOT the ana that you verified, who is bbbbbbbb')
  ])
  expect(lines.indexOf(flags[0] ?? '')).toBeLessThan(
    lines.findIndex(line => line.includes('a new phone'))
  )
})

test('who writes to us alone under the nick of somebody else is flagged, too', async () => {
  const { leave, tell } = watching()
  const { identity: from, nick } = eve
  const words = { id: '1'.repeat(64), to: 'a'.repeat(64), text: 'psst', time: 1, history: false }
  tell({ type: 'direct', message: { ...words, from, nick, isRequest: true } } as never)
  expect((await leave()).filter(line => line.includes('is not the'))).toHaveLength(1)
})
