import { expect, test } from 'vitest'
import { Names } from '../../src/base/names.js'
import { Contacts } from '../../src/home/contacts.js'
import { namesOf, pinContacts } from '../../src/ui/names.js'
import { fakeRoom, other } from './fake-room.js'

const [bob, cyd] = [other('b', 'bob'), other('c', 'cyd')]

test('names of ours count as soon as they are given, and no longer when they are taken', () => {
  const { room } = fakeRoom()
  const contacts = new Contacts()
  contacts.setName(bob.identity, 'Robert')
  const unpin = pinContacts(room, contacts)
  const shown = () => [bob, cyd].map(each => namesOf(room).of(each))
  expect(shown()).toEqual(['Robert', 'cyd'])
  contacts.setName(cyd.identity, 'Sid')
  contacts.setName(bob.identity, undefined)
  expect(shown()).toEqual(['bob', 'Sid'])
  unpin()
  contacts.setName(cyd.identity, undefined)
  expect(shown()).toEqual(['bob', 'Sid'])
})

test('a name that passes from one to another is still known as that one’s', () => {
  const names = new Names()
  names.pin(bob.identity, 'ana')
  names.pin(cyd.identity, 'ana')
  names.pin(bob.identity, 'ben')
  expect(names.imitatedBy(other('e', 'ana'))).toBe(cyd.identity)
})
