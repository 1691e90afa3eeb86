import { EventEmitter } from 'node:events'
import b4a from 'b4a'
import { describe, expect, test } from 'vitest'
import { type IdentityKey, idFromBytes, type PeerKey } from '../../../src/base/ids.js'
import type { Input, Output, Reason, RoomEvent } from '../../../src/protocol/events.js'
import { Driver } from '../../../src/room/driver/driver.js'
import { MAX_QUEUED_BYTES } from '../../../src/room/driver/send-queue.js'
import { roomTopic } from '../../../src/room/keys.js'
import { MemoryStore } from '../../../src/store/memory-store.js'
import type { SecretStream } from '../../../src/swarm/dht/stream-types.js'
import { closed, stall, streamPair } from '../../support/stream-pair.js'
import { until } from '../../support/until.js'

type Answer = (input: Input, driver: Driver) => Output[]

/** A driver around a machine that answers as it is told, and everything that it was fed. */
function driven(answer: Answer = () => [], onemit: (driver: Driver) => void = () => {}) {
  const inputs: Input[] = []
  const dialled: PeerKey[] = []
  const changes = new EventEmitter()
  const events: RoomEvent[] = []
  const faults: string[] = []
  const times: number[][] = []
  const changed = () => queueMicrotask(() => changes.emit('change'))
  const machine = {
    handle(input: Input, ...time: number[]): Output[] {
      inputs.push(input)
      times.push(time)
      changed()
      return answer(input, driver)
    }
  }
  const driver: Driver = new Driver({
    machine,
    topic: roomTopic('lobby'),
    self: 'f'.repeat(64) as IdentityKey,
    clock: { now: () => 7, wall: () => 1_720_000_000_000 },
    store: new MemoryStore(),
    dial: key => dialled.push(key),
    emit: event => {
      events.push(event)
      onemit(driver)
    },
    onfault: where => {
      faults.push(where)
      changed()
    }
  })
  const when = <T>(condition: () => T) => until([changes], 'change', condition)
  const input = <T extends Input['type']>(type: T, fits: (input: Input) => boolean = () => true) =>
    when(() => inputs.find((i): i is Extract<Input, { type: T }> => i.type === type && fits(i)))
  const fault = (where: string) => when(() => faults.includes(where))
  const count = (type: Input['type']) => inputs.filter(i => i.type === type).length
  return { driver, inputs, times, dialled, events, faults, input, fault, count }
}

const refused = (peer: PeerKey): Output => ({
  type: 'emit',
  event: { type: 'refused', peer, reason: 'silent' }
})
const peer = 'a'.repeat(64) as PeerKey
const keyOf = (stream: SecretStream) => idFromBytes<PeerKey>(stream.publicKey)
const goodbyeTo = (to: PeerKey, reason: Reason): Output[] => [
  { type: 'send', to, frame: { type: 'goodbye' } },
  { type: 'close', peer: to, reason }
]

test('outputs are performed in order', () => {
  const { dialled, driver, events } = driven(({ type }) =>
    type === 'start' ? [{ type: 'dial', peer }, refused(peer)] : []
  )
  driver.feed({ type: 'start' })
  expect(dialled).toEqual([peer])
  expect(events).toHaveLength(1)
})

test('the machine is told both times', () => {
  const { driver, times } = driven()
  driver.feed({ type: 'start' })
  expect(times).toEqual([[7, 1_720_000_000_000]])
})

test('an event’s listener may act on the room: its outputs come after', () => {
  const order: string[] = []
  const { dialled, driver } = driven(
    ({ type }) => {
      order.push(`in ${type}`)
      if (type === 'start') return [refused(peer), { type: 'dial', peer }]
      return [{ type: 'dial', peer }]
    },
    room => {
      order.push(`emit after ${dialled.length} dials`)
      room.feed({ type: 'say', text: 'x' })
      order.push(`${dialled.length} dials`)
    }
  )
  driver.feed({ type: 'start' })
  expect(order).toEqual(['in start', 'emit after 0 dials', 'in say', '0 dials'])
  expect(dialled).toHaveLength(2)
})

test('a timer of 0 ms comes in the next turn of the event loop; none after the end', async () => {
  const timer = { name: 'serve', at: 7 } as const
  const { count, driver } = driven(({ type }) =>
    type === 'start' ? [{ type: 'timer', after: 0, timer }] : []
  )
  const turn = () => new Promise(resolve => setImmediate(resolve))
  for (let n = 1; n <= 20; n++) {
    driver.feed({ type: 'start' })
    expect(count('timer')).toBe(n - 1)
    await turn()
    expect(count('timer')).toBe(n)
  }
  driver.feed({ type: 'start' })
  await driver.close()
  await turn()
  expect(count('timer')).toBe(20)
})

test('a timer comes back as what it was, and nothing is left of it', async () => {
  const timer = { name: 'expire' } as const
  const { driver, input } = driven(({ type }) =>
    type === 'start' ? [{ type: 'timer', after: 1, timer }] : []
  )
  driver.feed({ type: 'start' })
  expect(driver.load.timers).toBe(1)
  expect(await input('timer')).toEqual({ type: 'timer', timer })
  expect(driver.load.timers).toBe(0)
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
  expect(driver.load.links).toBe(0)
})

test('the end of a stream that was replaced is not taken for the end of the new one', async () => {
  const [a, b] = await streamPair()
  const [c, d] = await streamPair({ dialler: a, listener: b })
  for (const far of [b, d]) far.on('error', () => {})
  const left = driven()
  left.driver.attach(a)
  left.driver.attach(c)
  await closed(a)
  expect(left.count('disconnected')).toBe(0)
  d.destroy()
  await left.input('disconnected')
  expect(left.inputs.map(({ type }) => type)).toEqual(['connected', 'connected', 'disconnected'])
})

test('a goodbye is flushed before the link is closed', async () => {
  const [a, b] = await streamPair()
  const left = driven(({ type }) => (type === 'leave' ? goodbyeTo(keyOf(b), 'leaving') : []))
  const right = driven()
  right.driver.attach(b)
  left.driver.attach(a)
  left.driver.feed({ type: 'leave' })
  await left.driver.close()
  expect((await right.input('frame')).frame).toEqual({ type: 'goodbye' })
  await right.input('disconnected')
})

test('also where the room is left in the middle of something', async () => {
  const [a, b] = await streamPair()
  let leaving: Promise<void> | undefined
  const left = driven(
    ({ type }) => {
      if (type === 'say') return [refused(peer)]
      return type === 'leave' ? goodbyeTo(keyOf(b), 'leaving') : []
    },
    driver => {
      driver.feed({ type: 'leave' })
      leaving = driver.close()
    }
  )
  const right = driven()
  right.driver.attach(b)
  left.driver.attach(a)
  left.driver.feed({ type: 'say', text: 'x' })
  await leaving
  expect((await right.input('frame')).frame).toEqual({ type: 'goodbye' })
})

test('who forged is cut off at once: nothing is flushed', async () => {
  const [a, b] = await streamPair()
  const left = driven(({ type }) => (type === 'say' ? goodbyeTo(keyOf(b), 'forged-message') : []))
  const right = driven()
  right.driver.attach(b)
  left.driver.attach(a)
  left.driver.feed({ type: 'say', text: 'x' })
  await right.input('disconnected')
  expect(right.count('frame')).toBe(0)
})

test('a flood that is passed on does not cost the link to a neighbour who reads slowly', async () => {
  const [a, b] = await streamPair()
  const sealed = b4a.alloc(8_000, 200)
  const flood = Array.from({ length: 8 }, (): Output => {
    return { type: 'send', to: keyOf(b), frame: { type: 'message', hops: 1, sealed } }
  })
  const word: Output = { type: 'send', to: keyOf(b), frame: { type: 'disconnect' } }
  const left = driven(({ type }) => {
    if (type === 'candidates') return flood
    return type === 'say' ? [word] : []
  })
  const right = driven()
  right.driver.attach(b)
  left.driver.attach(a)
  const release = stall(a)
  for (let sent = 0; sent < 4 * MAX_QUEUED_BYTES; sent += 8 * sealed.byteLength) {
    left.driver.feed({ type: 'candidates', peers: [] })
    await new Promise(setImmediate)
  }
  left.driver.feed({ type: 'say', text: 'x' })
  release()
  await right.input('frame', i => i.type === 'frame' && i.frame.type === 'disconnect')
  expect(left.driver.load.links).toBe(1)
  await left.driver.close()
})

describe('after close', () => {
  test('nothing happens, and nothing keeps the process alive', async () => {
    const timers = () => process.getActiveResourcesInfo().filter(type => type === 'Timeout').length
    const before = timers()
    const timer = { name: 'expire' } as const
    const { driver, inputs } = driven(() => [{ type: 'timer', after: 60_000, timer }])
    driver.feed({ type: 'start' })
    expect(timers()).toBe(before + 1)
    await driver.close()
    expect(timers()).toBe(before)
    expect(driver.feed({ type: 'start' })).toEqual([])
    expect(inputs).toHaveLength(1)
  })

  test('a connection that comes late is closed', async () => {
    const [a, b] = await streamPair()
    b.on('error', () => {})
    const { driver, inputs } = driven()
    await driver.close()
    driver.attach(a)
    await closed(b)
    expect(inputs).toEqual([])
  })
})

describe('a mistake in the machine', () => {
  const broken = (): never => {
    throw new RangeError('Maximum call stack size exceeded')
  }

  test('in a frame costs the link that it came over, and nobody else', async () => {
    const [a, b] = await streamPair()
    const [c, d] = await streamPair()
    const left = driven(input =>
      input.type === 'frame' && input.from === keyOf(b) ? broken() : []
    )
    const hostile = driven(({ type }) =>
      type === 'connected' ? [{ type: 'send', to: keyOf(a), frame: { type: 'ping' } }] : []
    )
    const honest = driven(({ type }) =>
      type === 'say' ? [{ type: 'send', to: keyOf(c), frame: { type: 'pong' } }] : []
    )
    left.driver.attach(a)
    left.driver.attach(c)
    honest.driver.attach(d)
    hostile.driver.attach(b)
    expect((await left.input('disconnected')).peer).toBe(keyOf(b))
    expect(left.faults).toEqual(['frame ping'])
    honest.driver.feed({ type: 'say', text: 'x' })
    expect((await left.input('frame', i => i.type === 'frame' && i.from === keyOf(d))).type).toBe(
      'frame'
    )
    expect(left.driver.load.links).toBe(1)
  })

  test('in a timer is counted, and the timer comes again', async () => {
    const timer = { name: 'expire' } as const
    let broke = false
    const { driver, count, fault, input } = driven(({ type }) => {
      if (type === 'start') return [{ type: 'timer', after: 1, timer }]
      if (broke) return []
      broke = true
      return broken()
    })
    driver.feed({ type: 'start' })
    await fault('timer expire')
    await input('timer', () => count('timer') === 2)
  })

  test('in a link’s timer costs that link', async () => {
    const [a, b] = await streamPair()
    b.on('error', () => {})
    const timer = { name: 'ping', peer: keyOf(b), link: 1 } as const
    const { driver, fault, input } = driven(({ type }) => {
      if (type === 'connected') return [{ type: 'timer', after: 1, timer }]
      return type === 'timer' ? broken() : []
    })
    driver.attach(a)
    await fault('timer ping')
    await input('disconnected')
    expect(driver.load).toMatchObject({ links: 0, timers: 0 })
  })

  test('in what its owner asks for is told, and the room goes on', () => {
    const { dialled, driver, faults } = driven(({ type }) =>
      type === 'say' ? broken() : [{ type: 'dial', peer }]
    )
    expect(driver.feed({ type: 'say', text: 'x' })).toEqual([])
    expect(faults).toEqual(['say'])
    driver.feed({ type: 'start' })
    expect(dialled).toEqual([peer])
  })

  test('in an output does not keep the others from being performed', async () => {
    const [a, b] = await streamPair()
    b.on('error', () => {})
    const oversized = { type: 'want', ids: Array.from({ length: 9_999 }, () => peer) } as never
    const { dialled, driver, faults, input } = driven(({ type }) =>
      type === 'start'
        ? [
            { type: 'send', to: keyOf(b), frame: oversized },
            { type: 'dial', peer }
          ]
        : []
    )
    driver.attach(a)
    driver.feed({ type: 'start' })
    expect(dialled).toEqual([peer])
    expect(faults).toEqual(['send want'])
    await input('disconnected')
  })
})
