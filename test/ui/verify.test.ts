import { beforeEach, expect, test } from 'vitest'
import { safetyNumber } from '../../src/protocol/access/safety-number.js'
import { noHabits } from '../../src/ui/habits.js'
import { namesOf } from '../../src/ui/names.js'
import type { Talk } from '../../src/ui/slash/command.js'
import { VERIFY } from '../../src/ui/slash/verify.js'
import { viewOf } from '../../src/ui/view-of.js'
import { fakeRoom, other } from './fake-room.js'

const [ana, eve] = [other('b', 'ana'), other('c', 'ana')]
let chat = fakeRoom()
let habits = noHabits()

beforeEach(() => {
  chat = fakeRoom()
  habits = noHabits()
  namesOf(chat.room)
  chat.join(ana)
})

const verify = (rest: string) => {
  const { room } = chat
  const talk = { room, habits, view: viewOf(room, habits) } as unknown as Talk
  return VERIFY.run(talk, rest)
}

test('/verify shows the number that both see', () => {
  const [title, ...rest] = verify('ana')
  expect(title).toBe('Safety number of you and ana (bbbbbbbb):')
  const digits = rest
    .slice(0, 3)
    .join(' ')
    .match(/[0-9]{5}/g)
  expect(digits).toEqual(safetyNumber(ana.identity, chat.room.identity))
  expect(rest[3]).toContain('/verify ana yes')
})

test('/verify yes keeps who it is, and no takes that back', () => {
  expect(verify('ana no')).toEqual(['! They are not verified.'])
  expect(verify('ana yes')).toEqual([expect.stringContaining('ana is bbbbbbbb.')])
  expect(habits.contacts.all()).toEqual([{ identity: ana.identity, name: 'ana', verified: true }])
  expect(verify('ana').at(-1)).toBe('You have verified ana.')
  expect(namesOf(chat.room).isVerified(ana.identity)).toBe(true)
  // Two are called ana now; a key says which.
  chat.join(eve)
  expect(verify('ana yes')).toEqual([expect.stringContaining('More than one is called ana')])
  expect(verify('cccc yes')).toEqual([expect.stringContaining('You call somebody else ana')])
  expect(verify('bbbb no')).toEqual(['ana is not verified any more.'])
  expect(habits.contacts.isVerified(ana.identity)).toBe(false)
  expect(verify('bbbb maybe')).toEqual([expect.stringContaining('yes or no')])
})

test('a name that is taken away, or another one, is told apart', () => {
  verify('ana yes')
  habits.contacts.setName(ana.identity, 'anna')
  expect(habits.contacts.isVerified(ana.identity)).toBe(true)
  habits.contacts.setName(ana.identity, undefined)
  expect(habits.contacts.isVerified(ana.identity)).toBe(false)
  expect(habits.contacts.all()).toEqual([])
})
