import { expect, test } from 'vitest'
import { MAX_NICK_BYTES } from '../../../src/protocol/config.js'
import { noHabits } from '../../../src/ui/habits.js'
import type { Talk } from '../../../src/ui/slash/command.js'
import { findPerson, splitPerson } from '../../../src/ui/slash/find-person.js'
import { fakeRoom, other } from '../fake-room.js'

const LONGEST = 'z'.repeat(MAX_NICK_BYTES)

/** A talk in which these are here. */
function talkWith(...nicks: string[]): Talk {
  const { others, room } = fakeRoom()
  others.push(...nicks.map((nick, at) => other('bcdef'.charAt(at), nick)))
  return { room, view: { lines: [] }, habits: noHabits() } as unknown as Talk
}

test('the longest nick that a text begins with is meant, however long it is', () => {
  const talk = talkWith('ann', 'ann lee', LONGEST)
  expect(splitPerson(talk, 'ann  hi')).toEqual(['ann', 'hi'])
  expect(splitPerson(talk, 'ann lee hi there')).toEqual(['ann lee', 'hi there'])
  expect(splitPerson(talk, 'ann lee')).toEqual(['ann lee', ''])
  expect(splitPerson(talk, `${LONGEST} hi`)).toEqual([LONGEST, 'hi'])
  expect(splitPerson(talk, 'nobody is here')).toEqual(['nobody', 'is here'])
})

test('who is called alike is told apart by the key', () => {
  const talk = talkWith('ann', 'Ann')
  expect(findPerson(talk, 'ann')).toMatch(/^! More than one is called ann\./)
  expect(findPerson(talk, 'cccc')).toMatchObject({ nick: 'Ann' })
  expect(findPerson(talk, 'ccc')).toMatch(/^! Nobody here is called ccc\./)
  expect(findPerson(talk, 'ada')).toBe('! ada is you.')
})
