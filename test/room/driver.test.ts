import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { idFromBytes, type PeerKey } from '../../src/base/ids.js'
import type { Input, Output, RoomEvent } from '../../src/protocol/events.js'
import { Driver } from '../../src/room/driver.js'
import { roomTopic } from '../../src/room/keys.js'
import { memoryStore } from '../../src/store/store.js'
import { streamPair } from '../support/stream-pair.js'
import { until } from '../support/until.js'

/** A driver around a machine that answers as it is told, and everything that it was fed. */
function driven(answer: (input: Input) => Output[] = () => []) {
  const inputs: Input[] = []
  const dialled: PeerKey[] = []
  const changes = new EventEmitter()
  const events: RoomEvent[] = []
  const machine = {
    handle(input: Input): Output[] {
      inputs.push(input)
      queueMicrotask(() => changes.emit('input'))
      return answer(input)
    }
  }
  const driver: Driver = new Driver({
    machine,
    topic: roomTopic('lobby'),
    clock: () => 7,
    store: memoryStore,
    dial: peer => dialled.push(peer),
    emit: event => events.push(event)
  })
  const input = <T extends Input['type']>(type: T) =>
    until([changes], 'input', () =>
      inputs.find((i): i is Extract<Input, { type: T }> => i.type === type)
    )
  return { driver, inputs, dialled, events, input }
}

const refused = (peer: PeerKey): Output => ({
  type: 'emit',
  event: { type: 'refused', peer, reason: 'silent' }
})
const peer = 'a'.repeat(64) as PeerKey

test('outputs are performed in order', () => {
  const { dialled, driver, events } = driven(({ type }) =>
    type === 'start' ? [{ type: 'dial', peer }, refused(peer)] : []
  )
  driver.feed({ type: 'start' })
  expect(dialled).toEqual([peer])
  expect(events).toHaveLength(1)
})

test('an event’s listener may act on the room: its outputs come after', () => {
  const order: string[] = []
  const machine = {
    handle({ type }: Input): Output[] {
      order.push(`in ${type}`)
      if (type === 'start') return [refused(peer), { type: 'dial', peer }]
      return [{ type: 'dial', peer }]
    }
  }
  const driver: Driver = new Driver({
    machine,
    topic: roomTopic('lobby'),
    clock: () => 7,
    store: memoryStore,
    dial: () => order.push('dial'),
    emit: () => {
      order.push('emit')
      driver.feed({ type: 'say', text: 'x' })
    }
  })
  driver.feed({ type: 'start' })
  expect(order).toEqual(['in start', 'emit', 'in say', 'dial', 'dial'])
})

test('a timer comes back as what it was', async () => {
  const timer = { name: 'expire' } as const
  const { driver, input } = driven(({ type }) =>
    type === 'start' ? [{ type: 'timer', after: 1, timer }] : []
  )
  driver.feed({ type: 'start' })
  expect(await input('timer')).toEqual({ type: 'timer', timer })
})

test('a connection is told with its handshake, and frames cross it', async () => {
  const [a, b] = await streamPair()
  const left = driven(input =>
    input.type === 'connected' ? [{ type: 'send', to: input.peer, frame: { type: 'ping' } }] : []
  )
  const right = driven()
  right.driver.attach(b)
  left.driver.attach(a)
  const { from, frame } = await right.input('frame')
  expect({ from, frame }).toEqual({ from: idFromBytes(a.publicKey), frame: { type: 'ping' } })
  const [connected] = left.inputs
  expect(connected).toEqual({
    type: 'connected',
    peer: idFromBytes(b.publicKey),
    handshakeHash: b.handshakeHash,
    initiator: true
  })
})

test('the end of a stream is told', async () => {
  const [a, b] = await streamPair()
  const { driver, input } = driven()
  driver.attach(a)
  b.on('error', () => {})
  b.destroy()
  expect((await input('disconnected')).peer).toBe(idFromBytes(b.publicKey))
})

test('a goodbye is flushed before the link is closed', async () => {
  const [a, b] = await streamPair()
  const left = driven(({ type }) =>
    type === 'leave'
      ? [
          { type: 'send', to: idFromBytes(b.publicKey), frame: { type: 'goodbye' } },
          { type: 'close', peer: idFromBytes(b.publicKey), reason: 'leaving' }
        ]
      : []
  )
  const right = driven()
  right.driver.attach(b)
  left.driver.attach(a)
  left.driver.feed({ type: 'leave' })
  await left.driver.close()
  expect((await right.input('frame')).frame).toEqual({ type: 'goodbye' })
  await right.input('disconnected')
})

test('nothing happens after close', async () => {
  const { driver, inputs } = driven()
  await driver.close()
  expect(driver.feed({ type: 'start' })).toEqual([])
  expect(inputs).toEqual([])
})
