import { expect, test } from 'vitest'
import { distinctRooms } from '../../../src/commands/common/distinct-rooms.js'

const team = (digit: number) => ({ name: 'team', secret: new Uint8Array(32).fill(digit) })

test('each room is joined once, private ones too', () => {
  const lobby = { name: 'lobby' }
  expect(distinctRooms([lobby, team(1), { name: '#Lobby' }, team(1)])).toEqual([lobby, team(1)])
})

test('two rooms of one name are refused: nobody could tell which is meant', () => {
  for (const rooms of [
    [team(1), team(2)],
    [{ name: 'Team' }, team(1)]
  ])
    expect(() => distinctRooms(rooms)).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENTS' }))
})
