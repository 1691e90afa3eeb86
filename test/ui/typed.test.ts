import { expect, test } from 'vitest'
import { obeyTyped } from '../../src/ui/typed.js'
import { fakeRoom } from './fake-room.js'

test('a command that is not ours goes to the room where a bot is there, and is a mistake otherwise', () => {
  const { room, said } = fakeRoom()
  const quit = () => {}
  expect(obeyTyped(room, '/roll 2d6', quit)).toEqual([expect.stringMatching(/There is no \/roll/)])
  const members = [...room.members(), { identity: 'b'.repeat(64), nick: 'dice', bot: true }]
  Object.assign(room, { members: () => members })
  expect(obeyTyped(room, '/roll 2d6', quit)).toEqual([])
  expect(said).toEqual(['/roll 2d6'])
})
