import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { IdentityKey, PeerKey } from '../../../src/base/ids.js'
import type { Sign } from '../../../src/protocol/presence/device.js'
import { CensusTaker, type CountedRoom } from '../../../src/room/census/census-taker.js'
import type { RoomUpdate } from '../../../src/room/events.js'

const [ada, ben] = ['a'.repeat(64), 'b'.repeat(64)] as [PeerKey, PeerKey]
const MINUTE = 60_000

// The timers of Node's promises cannot be faked.
vi.mock('../../../src/async/sleep.js', () => ({
  sleep: (millis: number, signal: AbortSignal) =>
    new Promise<void>(resolve => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, millis)
      signal.addEventListener('abort', end)
    })
}))

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance']
  })
  // Pauses are the shortest: half of the longest.
  vi.spyOn(Math, 'random').mockReturnValue(0)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** What a census needs of a room; the DHT names `named`, and asking is noted. */
class Lobby extends EventEmitter<{ update: [RoomUpdate] }> implements CountedRoom {
  readonly ready = Promise.resolve(true)
  named: PeerKey[] = []
  /** False while no DHT answers. */
  isOnline = true
  links = 0
  lookups = 0
  readonly inquired: object[] = []
  readonly read: PeerKey[] = []
  onprobe = () => {}
  probes = 0

  async lookUp() {
    this.lookups += 1
    return this.isOnline ? new Set(this.named) : undefined
  }

  async recordOf(device: PeerKey) {
    this.read.push(device)
    const identity = device as string as IdentityKey
    return { at: Date.now(), since: 0, identity, nick: 'of the record' }
  }

  here: Sign[] = []
  gone: Sign[] = []
  signs = () => this.here
  departed = () => this.gone
  neighborhoods = () => []

  inquire(what: object) {
    this.inquired.push(what)
  }

  probe() {
    this.probes += 1
    this.onprobe()
  }

  prove(device: PeerKey, nick: string | undefined = 'nick'): void {
    const identity = device as string as IdentityKey
    const peer = {
      type: 'peer',
      device,
      identity,
      state: 'verified',
      ...(nick && { nick })
    } as const
    this.emit('update', peer)
  }

  fail(device: PeerKey): void {
    this.emit('update', { type: 'unreachable', device, text: 'nobody answers' })
  }
}

/** A census that is being taken, and after how many ms it was; undefined while it is. */
function taking(lobby: Lobby, timeout = MINUTE) {
  const taker = new CensusTaker(lobby, {})
  const began = Date.now()
  const taken = { after: undefined as number | undefined }
  void taker.take(timeout).then(() => {
    taken.after = Date.now() - began
    taker.end()
  })
  const states = () => taker.found().peers.map(({ device, state }) => [device, state])
  return { taken, taker, states }
}

test('whoever is linked is asked once more at the end, and counts once it has answered', async () => {
  const lobby = new Lobby()
  Object.assign(lobby, { named: [ada, ben], links: 2 })
  const { states, taken, taker } = taking(lobby)
  await vi.advanceTimersByTimeAsync(100)
  lobby.prove(ada)
  lobby.prove(ben)
  await vi.advanceTimersByTimeAsync(100)
  expect([lobby.probes, lobby.inquired, taken.after]).toEqual([
    1,
    [{ departed: true, neighbors: false }],
    undefined
  ])
  lobby.prove(ada)
  await vi.advanceTimersByTimeAsync(500)
  expect(taken.after, 'what was proved before does not count').toBe(undefined)
  lobby.prove(ben)
  await vi.advanceTimersByTimeAsync(100)
  expect(taken.after).toBeLessThan(1_000)
  expect(states()).toEqual([
    [ada, 'verified'],
    [ben, 'verified']
  ])
  expect(taker.found()).toMatchObject({ members: 2, announced: 2, estimate: 2 })
})

test('who does not answer then is waited for a second', async () => {
  const lobby = new Lobby()
  Object.assign(lobby, { named: [ada], links: 1 })
  const { taken } = taking(lobby)
  await vi.advanceTimersByTimeAsync(100)
  lobby.prove(ada)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(taken.after).toBe(undefined)
  await vi.advanceTimersByTimeAsync(200)
  expect(taken.after).toBeGreaterThan(1_000)
})

test('all that are announced are waited for until the time is up', async () => {
  const lobby = new Lobby()
  lobby.named = [ada, ben]
  const { taken } = taking(lobby, 10_000)
  lobby.fail(ben)
  await vi.advanceTimersByTimeAsync(9_900)
  expect(taken.after).toBe(undefined)
  await vi.advanceTimersByTimeAsync(200)
  expect(taken.after).toBe(10_000)
})

test('who has proved to be a member may take a second to say its nick', async () => {
  const lobby = new Lobby()
  lobby.named = [ada]
  const { taken } = taking(lobby)
  await vi.advanceTimersByTimeAsync(100)
  lobby.prove(ada, '')
  await vi.advanceTimersByTimeAsync(900)
  expect(taken.after).toBe(undefined)
  await vi.advanceTimersByTimeAsync(200)
  expect(taken.after).toBe(1_120)
})

test('where nobody is found it goes on for three seconds', async () => {
  const lobby = new Lobby()
  const { taken } = taking(lobby)
  await vi.advanceTimersByTimeAsync(2_900)
  expect(taken.after).toBe(undefined)
  await vi.advanceTimersByTimeAsync(300)
  expect(taken.after).toBe(3_000)
  expect(lobby.lookups).toBe(3_000 / 250)
})

test('nobody is looked for any more while those who are linked are asked at the end', async () => {
  const lobby = new Lobby()
  lobby.links = 1
  const { taken } = taking(lobby, 1_100)
  await vi.advanceTimersByTimeAsync(1_100)
  expect([lobby.probes, lobby.lookups]).toEqual([1, 5])
  await vi.advanceTimersByTimeAsync(900)
  expect([taken.after, lobby.lookups]).toEqual([undefined, 5])
  await vi.advanceTimersByTimeAsync(200)
  expect(taken.after).toBe(2_100)
})

test('where no DHT answers it asks ever more seldom, and tells no number', async () => {
  const lobby = new Lobby()
  lobby.isOnline = false
  const { taken, taker } = taking(lobby)
  await vi.advanceTimersByTimeAsync(MINUTE)
  expect(taken.after).toBe(MINUTE)
  expect(lobby.lookups).toBeLessThan(30)
  expect(taker.found()).toMatchObject({ peers: [], announced: 0, estimate: undefined })
})

test('three lookups that name the same are enough, and eight that do not', async () => {
  const lobby = new Lobby()
  lobby.named = [ada]
  const { taken } = taking(lobby)
  lobby.fail(ada)
  await vi.advanceTimersByTimeAsync(100)
  expect([lobby.lookups, taken.after]).toEqual([3, 0])
  const crowd = new Lobby()
  const invent = () => (crowd.lookups + 10).toString(16).padStart(64, '0') as PeerKey
  Object.defineProperty(crowd, 'named', { get: () => [invent()] })
  const { taker } = taking(crowd)
  await vi.advanceTimersByTimeAsync(100)
  expect(crowd.lookups).toBe(8)
  taker.end()
})

test('whom nobody can reach is called as the DHT has it, unless members have told', async () => {
  const lobby = new Lobby()
  lobby.named = [ada, ben]
  const { taker } = taking(lobby)
  await vi.advanceTimersByTimeAsync(100)
  lobby.prove(ben)
  lobby.fail(ben)
  lobby.fail(ada)
  await vi.advanceTimersByTimeAsync(100)
  expect(lobby.read).toEqual([ada])
  const { peers } = taker.found()
  expect(peers.map(({ nick }) => nick)).toEqual(['of the record', 'nick'])
})

test('whoever members tell of is counted, if it is here', () => {
  const lobby = new Lobby()
  const told = { nick: 'nick', at: Date.now(), isDoubted: false, keeps: false }
  const sign = (device: PeerKey) => ({ ...told, device, identity: device as string as IdentityKey })
  const cyd = 'c'.repeat(64) as PeerKey
  Object.assign(lobby, { here: [sign(ada)], gone: [sign(ben), sign(cyd)] })
  const { states, taker } = taking(lobby)
  expect(states()).toEqual([
    [ada, 'present'],
    [ben, 'gone'],
    [cyd, 'gone']
  ])
  expect(taker.found().members).toBe(1)
  taker.end()
})

/** One who watches. */
function watching(lobby: Lobby, graph = false) {
  let told = 0
  const onchange = () => {
    told += 1
  }
  const taker = new CensusTaker(lobby, { graph, onchange })
  const over = taker.watch()
  const end = () => {
    taker.end()
    return over
  }
  return { end, taker, told: () => told }
}

test('who watches asks those who are linked every two seconds, and every minute who has gone', async () => {
  const lobby = new Lobby()
  Object.assign(lobby, { named: [ada], links: 1 })
  const { end } = watching(lobby)
  lobby.fail(ada)
  const inquiry = { departed: true, neighbors: false }
  await vi.advanceTimersByTimeAsync(1_900)
  expect([lobby.probes, lobby.inquired]).toEqual([1, [inquiry]])
  await vi.advanceTimersByTimeAsync(200)
  expect(lobby.probes).toBe(2)
  await vi.advanceTimersByTimeAsync(MINUTE - 2_200)
  expect([lobby.probes, lobby.inquired.length]).toEqual([30, 1])
  await vi.advanceTimersByTimeAsync(200)
  expect([lobby.probes, lobby.inquired]).toEqual([31, [inquiry, inquiry]])
  await end()
  await vi.advanceTimersByTimeAsync(MINUTE)
  expect([lobby.probes, lobby.listenerCount('update'), vi.getTimerCount()]).toEqual([31, 0, 0])
})

test('who watches looks up ever more seldom while nobody new comes, and sooner when somebody does', async () => {
  const lobby = new Lobby()
  Object.assign(lobby, { named: [ada], links: 1 })
  const { end } = watching(lobby)
  lobby.fail(ada)
  const pauses = async (count: number) => {
    const found: number[] = []
    for (let at = 0, seen = lobby.lookups, before = Date.now(); at < count; ) {
      await vi.advanceTimersByTimeAsync(1_000)
      if (lobby.lookups === seen) continue
      found.push(Math.round((Date.now() - before) / 1_000))
      ;[seen, before, at] = [lobby.lookups, Date.now(), at + 1]
    }
    return found
  }
  await vi.advanceTimersByTimeAsync(500)
  expect(await pauses(7)).toEqual([5, 10, 20, 40, 80, 150, 150])
  lobby.named = [ada, ben]
  expect(await pauses(3)).toEqual([150, 5, 10])
  lobby.links = 0
  expect((await pauses(4)).slice(1)).toEqual([5, 5, 5])
  await end()
})

test('who watches hears every second of what has passed, and no more of whom nobody heard of for half an hour', async () => {
  const lobby = new Lobby()
  Object.assign(lobby, { named: [ada], links: 1 })
  const { end, taker, told } = watching(lobby)
  await vi.advanceTimersByTimeAsync(100)
  lobby.prove(ada)
  lobby.named = []
  await vi.advanceTimersByTimeAsync(100)
  const before = told()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(told() - before).toBeGreaterThanOrEqual(10)
  expect(taker.found().peers.map(({ state }) => state)).toEqual(['gone'])
  await vi.advanceTimersByTimeAsync(29 * MINUTE)
  expect(taker.found().peers).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(MINUTE)
  expect(taker.found().peers).toHaveLength(0)
  await end()
})

test('who is linked to whom is asked from the start, by whoever wants to know', async () => {
  const lobby = new Lobby()
  const { end, taker } = watching(lobby, true)
  expect(lobby.inquired[0]).toEqual({ departed: false, neighbors: true })
  expect(taker.found().links).toEqual([])
  await end()
})
