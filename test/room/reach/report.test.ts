import { expect, test } from 'vitest'
import type { Room } from '../../../src/room/room.js'
import { keyPair } from '../../../src/swarm/dht/nodes.js'
import { noHabits } from '../../../src/ui/habits.js'
import { obeyTyped } from '../../../src/ui/typed.js'
import { viewOf } from '../../../src/ui/view-of.js'
import { useRooms } from '../../support/rooms.js'
import { until } from '../../support/until.js'

const { enter, testnet } = useRooms()

const why = (room: Room, typed: string) => {
  const habits = noHabits()
  const talk = { room, habits, view: viewOf(room, habits), waiting: () => 0 }
  return obeyTyped({ ...talk, say: () => {}, put: () => {}, quit: () => {} }, typed)
}

test('/why says how a member is reached', async () => {
  const [ann, ben] = [await enter('ann'), await enter('ben')]
  await ann.meets('ben')
  await until([ann.room], 'update', () => ann.room.peers()[0]?.verified)
  const [report] = ann.room.peers()
  expect(report).toMatchObject({ device: ben.room.device, nick: 'ben', reach: 'loopback' })
  expect(report).toMatchObject({ networks: ['isolated'], dialled: true, verified: true })
  expect(why(ann.room, '/why ben')).toEqual(['ben: Linked directly, on this machine.'])
  expect(why(ann.room, '/why')[0]).toBe('1 found: 1 direct')
  expect(why(ann.room, '/why zoe')[0]).toMatch(/^! Nobody here is called zoe/)
})

test('/why says why somebody is not: announced, and nobody is listening', async () => {
  const ann = await enter('ann')
  await ann.room.ready
  const ghost = keyPair()
  const node = testnet().createNode()
  await node.announce(Buffer.from(ann.room.topic, 'hex'), ghost, []).finished()
  ann.room.refresh()
  const key = Buffer.from(ghost.publicKey).toString('hex')
  await until([ann.room], 'unreachable', () =>
    ann.room.peers().some(p => p.reach === 'unreachable')
  )
  const [line = ''] = why(ann.room, `/why ${key.slice(0, 8)}`)
  expect(line).toMatch(
    /: Nobody is listening under that key \(tried over: isolated\)\. Is the other side running/
  )
  expect(ann.room.peers()[0]).toMatchObject({
    code: 'PEER_NOT_FOUND',
    verified: false,
    dialled: true
  })
})

test('the clocks of members are close to ours on one machine', async () => {
  const [ann] = [await enter('ann'), await enter('ben')]
  await ann.meets('ben')
  for (const ahead of ann.room.clocks()) expect(Math.abs(ahead)).toBeLessThan(10_000)
  expect(ann.room.clocks()).toHaveLength(1)
})
