import { expect, test } from 'vitest'
import type { IdentityKey } from '../../src/base/ids.js'
import type { Member } from '../../src/protocol/presence/roster.js'
import { membersMeant } from '../../src/ui/meant.js'

const key = (digit: string) => digit.repeat(64) as IdentityKey
const member = (nick: string, digit: string) => ({ nick, identity: key(digit) }) as Member
const room = {
  identity: key('a'),
  members: () => [member('ada', 'a'), member('Bob', 'b'), member('bob', 'c')]
}
const meant = (wanted: string) => membersMeant(room, wanted).map(({ identity }) => identity[0])

test('a member is meant by its nick, however it is written, or by its key', () => {
  expect(meant('bob')).toEqual(['b', 'c'])
  expect(meant('@BOB')).toEqual(['b', 'c'])
  expect(meant('cccccccc')).toEqual(['c'])
  expect(meant(key('d').toUpperCase())).toEqual(['d'])
})

test('we are never meant ourselves, and a few digits name nobody', () => {
  expect(meant('ada')).toEqual([])
  expect(meant('bbbb')).toEqual([])
})
