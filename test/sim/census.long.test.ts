import { EventEmitter } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import { hash } from '../../src/base/crypto.js'
import { idFromBytes, type PeerKey } from '../../src/base/ids.js'
import { bytesOf } from '../../src/base/random.js'
import { messageRoom } from '../../src/protocol/access/room-cipher.js'
import { roomSecretFromName } from '../../src/protocol/access/room-secret.js'
import { INSTANCE_BYTES } from '../../src/protocol/config.js'
import type { Input, Output } from '../../src/protocol/events.js'
import { RoomMachine } from '../../src/protocol/machine/room-machine.js'
import { NONCE_BYTES } from '../../src/protocol/wire/message.js'
import { encodeText } from '../../src/protocol/wire/text.js'
import type { Census } from '../../src/room/census/census.js'
import { CensusTaker, type CountedRoom } from '../../src/room/census/census-taker.js'
import type { RoomUpdate } from '../../src/room/events.js'
import type { Member } from './member.js'
import type { Birth, SimNode } from './node.js'
import { identityAt, RoomNode } from './room-node.js'
import { World } from './world.js'

const roomSecret = roomSecretFromName('simulated')
const { topic } = messageRoom(roomSecret)
/** Whether a connection that one side believes in is one is for the swarm to find out. */
const REACHED = { dialOneSided: 0 }
const MINUTE_MILLIS = 60_000
/** Virtual time and the faked clocks of the census go on together, in steps of so many ms. */
const STEP_MILLIS = 20
/** Of the dead, in this world, and what all else of a census takes at most. */
const SLOWEST_DIAL_MILLIS = 10_000
const LOOK_MILLIS = 5_000
const DHT_ANSWER_MILLIS = 300
/** So many nodes answer a lookup, each with some of those who are announced. */
const NODES = 10
/** By their own clocks members are right to a few ms; presences are dated by the room's, which whoever talked much has put ahead. */
const CLOCK_AHEAD_MILLIS = 1_000

afterEach(() => {
  vi.useRealTimers()
})

/** The machine of who only looks. */
class EyeNode implements SimNode {
  readonly machine: RoomMachine
  readonly active = []
  readonly loads = []
  isLooking = false
  readonly #onfailed: (device: PeerKey) => void

  constructor({ index, key, random }: Birth, onfailed: (device: PeerKey) => void) {
    this.#onfailed = onfailed
    this.machine = new RoomMachine({
      roomSecret,
      topic,
      identity: identityAt(index),
      device: key,
      nick: 'eye',
      observer: true,
      random,
      instance: bytesOf(random, INSTANCE_BYTES),
      nonce: () => bytesOf(random, NONCE_BYTES)
    })
  }

  handle(input: Input, now: number): Output[] {
    // It is looked up for it by the census alone.
    if (input.type === 'candidates' && !this.isLooking) return []
    const outputs = this.machine.handle(input, now)
    if (input.type === 'dial-failed') this.#onfailed(input.peer)
    return outputs
  }
}

/** What `Room` is to a census, in the virtual world. */
class Eye extends EventEmitter<{ update: [RoomUpdate] }> implements CountedRoom {
  readonly ready = Promise.resolve(true)
  readonly #world: World
  readonly #member: Member
  readonly #node: EyeNode
  readonly #announced: number

  constructor(world: World, member: Member, node: EyeNode, announced: number) {
    super()
    this.#announced = announced
    this.#world = world
    this.#member = member
    this.#node = node
  }

  get links() {
    return this.#world.degree(this.#member)
  }

  lookUp() {
    return new Promise<ReadonlySet<PeerKey>>(resolve => {
      this.#world.later(DHT_ANSWER_MILLIS, () => {
        const named = new Set(Array.from({ length: NODES }, () => this.#world.named()).flat())
        // The world announces whoever is in it; who only looks is not announced.
        for (const { index, device } of this.#world.members)
          if (index >= this.#announced) named.delete(device)
        this.#node.isLooking = true
        this.#member.feed({ type: 'candidates', peers: [...named] })
        this.#node.isLooking = false
        resolve(named)
      })
    })
  }

  // Nobody here has put a record into the DHT.
  async recordOf() {
    return undefined
  }

  signs() {
    return this.#node.machine.signs()
  }

  departed() {
    return this.#node.machine.told.departed()
  }

  neighborhoods() {
    return this.#node.machine.told.neighborhoods()
  }

  inquire(wanted: Parameters<CountedRoom['inquire']>[0]) {
    this.#member.feed({ type: 'inquire', ...wanted })
  }

  probe() {
    this.#member.feed({ type: 'probe' })
  }
}

/** A world in which who only looks listens for nobody. */
class Lobby extends World {
  protected override reach(member: Member, key: PeerKey): Member | undefined {
    const peer = super.reach(member, key)
    return peer?.node instanceof EyeNode ? undefined : peer
  }
}

/** A room of so many members, of whom the first ones are behind NATs that randomise. */
function populated(size: number, behindNats: number) {
  let eye: Eye | undefined
  const unreachable = (device: PeerKey) =>
    eye?.emit('update', { type: 'unreachable', device, text: 'nobody answers' })
  const make = (birth: Birth) =>
    birth.index < size ? new RoomNode(birth) : new EyeNode(birth, unreachable)
  const world = new Lobby(make, { seed: 7, ...REACHED })
  const members = world.add(size, MINUTE_MILLIS)
  for (const member of members.slice(0, behindNats)) member.badNat = true
  const open = () => {
    const [looking] = world.add(1, 0) as [Member]
    looking.badNat = true
    world.run(1)
    eye = new Eye(world, looking, looking.node as EyeNode, size)
    world.onevent = (member, event) => {
      if (member === looking && event.type !== 'device-taken') eye?.emit('update', event)
    }
    return eye
  }
  return { world, members, open }
}

/** What `swarmchat peers` would say, and how long that takes. */
async function census(world: World, eye: Eye): Promise<Census & { millis: number }> {
  const began = world.now
  vi.useFakeTimers({
    now: began,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance']
  })
  const taker = new CensusTaker(eye, {})
  let isOver = false
  const taken = taker.take(MINUTE_MILLIS).then(() => {
    isOver = true
  })
  while (!isOver) {
    world.run(STEP_MILLIS)
    await vi.advanceTimersByTimeAsync(STEP_MILLIS)
  }
  await taken
  taker.end()
  return { ...taker.found(), millis: world.now - began }
}

function inventedKeys(count: number): PeerKey[] {
  return Array.from({ length: count }, (_, n) =>
    idFromBytes<PeerKey>(hash([encodeText(`invented ${n}`)]))
  )
}

const devicesOf = (all: readonly { readonly device: PeerKey }[]) =>
  all.map(({ device }) => device).toSorted()

test('in a room of 50 with 10 killed, 5 out of reach and 20 invented keys the states add up', async () => {
  const [size, hidden, killed, invented] = [50, 5, 10, 20]
  const { members, open, world } = populated(size, hidden)
  world.run(2 * MINUTE_MILLIS)
  world.invent(inventedKeys(invented))
  const mortals = members.slice(-killed)
  const killedAt = world.now
  world.crash(mortals)
  // Right after, when members have not noticed yet; and when all of them have.
  for (const wait of [2_000, MINUTE_MILLIS]) {
    world.run(wait)
    const { announced, estimate, members: counted, millis, peers } = await census(world, open())
    const of = (state: string) => peers.filter(peer => peer.state === state)
    expect(devicesOf(of('gone'))).toEqual(devicesOf(mortals))
    for (const { heardAt } of of('gone'))
      expect(heardAt).toBeLessThanOrEqual(killedAt + CLOCK_AHEAD_MILLIS)
    expect(of('announced')).toHaveLength(invented)
    expect(of('reachable')).toEqual([])
    expect(devicesOf(of('present'))).toEqual(
      expect.arrayContaining(devicesOf(members.slice(0, hidden)))
    )
    expect(of('verified').length + of('present').length).toBe(size - killed)
    // Those who answer, but for a dial in fifty that fails: not only those of whom nobody had told before.
    expect(peers.filter(({ provenAt }) => provenAt !== undefined).length).toBeGreaterThanOrEqual(
      size - killed - hidden - 3
    )
    expect(millis).toBeLessThanOrEqual(SLOWEST_DIAL_MILLIS + LOOK_MILLIS)
    expect({ announced, counted, estimate, found: peers.length }).toEqual({
      announced: size + invented,
      counted: size - killed,
      estimate: size + invented,
      found: size + invented
    })
  }
})
