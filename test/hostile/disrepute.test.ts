import { describe, expect, test } from 'vitest'
import { encodeDeletionBody } from '../../src/protocol/wire/bodies/deletion.js'
import { encodeTextBody } from '../../src/protocol/wire/bodies/text.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { KIND_DELETION } from '../../src/protocol/wire/kinds.js'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import { type Peer, type Puppet, World } from '../support/harness.js'
import { feedPushed, member, messageOf, numbered, textOf } from '../support/hostile.js'

// An honest neighbour that announces lines is asked for them in time, whatever others do about its good name.
// The attacker spends: messages that an honest member announces and cannot send any more when it is asked for them; and ids. The room suffers: nothing. Every line is there in time.

/** Every line is everywhere within this, in ms. */
const ARRIVES_MILLIS = 2_000

const pushed = ({ sealed }: VerifiedMessage): Frame => ({ type: 'message', hops: 1, sealed })

/** Makes the puppet answer pings, and whatever else comes with `more`. */
function live(world: World, puppet: Puppet, peer: Peer, more = (_: Frame) => {}): Puppet {
  puppet.onframe = (from, frame) => {
    if (frame.type === 'ping') puppet.send(from, { type: 'pong' })
    else more(frame)
  }
  const beat = () => {
    puppet.send(peer.device, { type: 'ping' })
    world.after(20_000, beat)
  }
  beat()
  return puppet
}

/** How long the line takes to be with the member. */
function lateness(world: World, peer: Peer, { id }: VerifiedMessage): number {
  const said = world.now
  const has = () => peer.stored.some(message => message.id === id)
  while (!has() && world.now < said + 20_000) world.run(20)
  return world.now - said
}

describe('an honest neighbour whose link is not of the tree', () => {
  /** ann, whose only honest neighbour is bob; eve is at both; cyd speaks at bob. */
  function scene(others = 0) {
    const world = new World(7)
    const [ann, bob] = [world.join('ann'), world.join('bob')]
    world.connect(ann, bob)
    world.run(2_000)
    const at = (peer: Peer, name: string) => live(world, member(world, peer, name), peer)
    const [cyd, mal, eve] = [at(bob, 'cyd'), at(bob, 'mal'), at(ann, 'eve')] as const
    const eves = [eve, ...Array.from({ length: others }, (_, n) => at(ann, `eve ${n}`))]
    const flooders = Array.from({ length: 20 }, (_, n) => `mal ${n}`)
    for (const name of ['cyd', 'mal', ...flooders])
      feedPushed(bob, cyd, textOf(name, 'known', world.now))
    world.run(11 * 60_000)
    return { world, ann, bob, cyd, mal, eves }
  }

  /** What comes to both at once shows them a cycle: neither pushes to the other any more. */
  function prune({ ann, bob, eves: [eve], mal, world }: ReturnType<typeof scene>): void {
    const last = (from: Peer, { device }: Peer) =>
      from.sent.findLast(({ frame: { type }, to }) =>
        to === device ? type === 'prune' || type === 'graft' : false
      )?.frame.type
    const isPruned = () => last(ann, bob) === 'prune' && last(bob, ann) !== 'graft'
    for (let n = 0; n === 0 || (n < 20 && !isPruned()); n++) {
      const own = textOf('eve', `${n}`, world.now)
      eve?.send(ann.device, pushed(own))
      mal.send(bob.device, pushed(own))
      world.run(4_000)
    }
  }

  const linesOf = (all: ReturnType<typeof scene>, also = (_: VerifiedMessage) => {}) =>
    Array.from({ length: 5 }, (_, n) => {
      prune(all)
      const { ann, bob, cyd, world } = all
      const line = textOf('cyd', `line ${n}`, world.now)
      feedPushed(bob, cyd, line)
      also(line)
      return lateness(world, ann, line)
    })

  test('is asked for lines though it was flooded with more than it may send', () => {
    const all = scene()
    prune(all)
    const { ann, bob, mal, world } = all
    const body = encodeTextBody({ nick: 'mal', text: 'x'.repeat(8_000) })
    const flood = Array.from({ length: 490 }, (_, n) =>
      messageOf(`mal ${n % 20}`, { clock: world.now, body, nonce: numbered(n) })
    )
    mal.onframe = (_, frame) => {
      const ids = frame.type === 'want' ? frame.ids : []
      for (const { id, sealed } of flood)
        if (ids.includes(id)) mal.send(bob.device, { type: 'stored', sealed })
    }
    mal.send(bob.device, { type: 'offer', ids: flood.map(({ id }) => id) })
    world.run(3_000)
    live(world, mal, bob)
    expect(ann.stored.length).toBeGreaterThan(490)
    expect(Math.max(...linesOf(all))).toBeLessThan(ARRIVES_MILLIS)
  })

  test('is asked for lines though what it announced was taken back', () => {
    const all = scene()
    const { bob, mal, world } = all
    for (let round = 0; round < 5; round++) {
      prune(all)
      const lines = Array.from({ length: 192 }, (_, n) => textOf('mal', `${n}`, world.now))
      for (const line of lines) feedPushed(bob, mal, line)
      world.run(700)
      for (let at = 0; at < lines.length; at += 64) {
        const targets = lines.slice(at, at + 64).map(({ id }) => id)
        const body = encodeDeletionBody({ targets })
        const how = { kind: KIND_DELETION, clock: world.now, nonce: numbered(at) }
        feedPushed(bob, mal, messageOf('mal', { ...how, body }))
      }
      world.run(3_000)
    }
    expect(Math.max(...linesOf(all))).toBeLessThan(ARRIVES_MILLIS)
  })

  test('is soon asked for what six others announced first and do not send', () => {
    const all = scene(5)
    const announce = ({ id }: VerifiedMessage) => {
      for (const eve of all.eves)
        eve.send(all.ann.device, { type: 'ihave', entries: [{ id, hops: 0 }] })
    }
    expect(Math.max(...linesOf(all, announce))).toBeLessThan(ARRIVES_MILLIS)
  })
})
