import { expect, test } from 'vitest'
import { type TraceEvent, traceLine } from '../../src/base/trace.js'
import type { RoomUpdate } from '../../src/room/events.js'
import { updateTrace } from '../../src/room/trace.js'
import { useRooms } from '../support/rooms.js'

const { enter } = useRooms()
const SECRETS = ['lobby-7f3a', 'what ann said', 'nick-of-ann']

/** Rooms of two who talk, all that one of them traces, and its figures. */
async function talk() {
  const steps: TraceEvent[] = []
  const name = 'Lobby-7f3a'
  const ann = await enter('nick-of-ann', { name, onTrace: step => steps.push(step) })
  const ben = await enter('ben', { name })
  await Promise.all([ann.meets('ben'), ben.meets('nick-of-ann')])
  ann.room.say('what ann said')
  await ben.hears('what ann said')
  ben.room.say('what ben said')
  await ann.hears('what ben said')
  return { ann, ben, steps }
}

test('each area tells its steps, and none tells a name, a nick or a text', async () => {
  const { ann, ben, steps } = await talk()
  const lines = steps.map(traceLine)
  const peer = ben.room.device
  for (const line of [
    `protocol frame-received peer=${peer} type=identify`,
    `protocol frame-sent peer=${peer} type=identify`,
    `room message id=`,
    `swarm connected peer=${peer}`,
    'swarm answer topic='
  ])
    expect(lines.join('\n')).toContain(line)
  const all = lines.join('\n').toLowerCase()
  for (const secret of SECRETS) expect(all).not.toContain(secret)
  expect(ann.room.metrics().length).toBeGreaterThan(0)
})

test('the figures are those of what happened', async () => {
  const { ann, ben } = await talk()
  const figure = (name: string, label = '') =>
    ann.room
      .metrics()
      .find(each => each.name === name && JSON.stringify(each.labels).includes(label))?.value ?? 0
  expect(figure('swarmchat_room_links')).toBe(1)
  expect(figure('swarmchat_room_members')).toBe(2)
  expect(figure('swarmchat_swarm_connections')).toBe(1)
  expect(figure('swarmchat_room_stored_messages_total')).toBeGreaterThanOrEqual(2)
  expect(figure('swarmchat_room_frames_received_total', '"identify"')).toBeGreaterThanOrEqual(1)
  expect(figure('swarmchat_room_frames_sent_total', '"identify"')).toBeGreaterThanOrEqual(1)
  expect(figure('swarmchat_room_received_bytes_total')).toBeGreaterThan(200)
  expect(figure('swarmchat_room_sent_bytes_total')).toBeGreaterThan(200)
  expect(figure('swarmchat_room_faults_total')).toBe(0)
  await ben.room.leave()
  await ann.when(() => ann.room.links === 0)
  expect(figure('swarmchat_room_links')).toBe(0)
  expect(figure('swarmchat_room_stored_messages_total')).toBeGreaterThanOrEqual(2)
})

test('no figure has the room’s name, and each is named as Prometheus names them', async () => {
  const { ann } = await talk()
  for (const { labels, name, type } of ann.room.metrics()) {
    expect(name).toMatch(/^swarmchat_(room|swarm)_[a-z_]+$/)
    expect(name.endsWith('_total')).toBe(type === 'counter')
    expect(labels?.topic).toBe(ann.room.topic.slice(0, 8))
    expect(JSON.stringify(labels)).not.toContain('lobby')
  }
})

test.each<RoomUpdate>([
  { type: 'status', network: 'public', state: 'offline', text: 'SECRET' },
  { type: 'unreachable', device: 'a'.repeat(64) as never, text: 'SECRET' },
  { type: 'fault', count: 1, text: 'SECRET', cause: new Error('SECRET') },
  { type: 'unsent', text: 'SECRET', why: 'empty' },
  {
    type: 'rename',
    identity: 'b'.repeat(64) as never,
    nick: 'SECRET',
    previous: 'SECRET'
  }
])('of $type no text is told', update => {
  expect(traceLine(updateTrace(update))).not.toContain('SECRET')
})
