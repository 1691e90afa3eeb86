import { describe, expect, test } from 'vitest'
import { identityOf, World } from '../../support/harness.js'

const names = (count: number) => Array.from({ length: count }, (_, at) => `peer ${at}`)

describe('a room', () => {
  test.each([2, 3, 5, 8])('%i members hear everything exactly once', count => {
    const world = new World(count)
    const peers = world.joinAll(...names(count))
    world.run(3_000)
    for (const peer of peers) peer.say(`from ${peer.machine.nick}`)
    world.run(3_000)
    for (const peer of peers) peer.say(`again from ${peer.machine.nick}`)
    world.run(5_000)
    const all = peers.flatMap(({ machine: { nick } }) => [`from ${nick}`, `again from ${nick}`])
    for (const peer of peers) {
      expect(peer.texts().toSorted()).toEqual(all.toSorted())
      expect(peer.of('message').every(({ message }) => !message.history)).toBe(true)
      expect(peer.stored).toHaveLength(2 * count)
      expect(peer.of('refused')).toEqual([])
    }
    const orders = peers.map(({ machine }) => machine.history().map(({ id }) => id))
    for (const order of orders) expect(order).toEqual(orders[0])
  })

  test('everybody hears of everybody, once', () => {
    const world = new World()
    const peers = world.joinAll('ann', 'bob', 'cyd', 'dan')
    world.run(20_000)
    for (const peer of peers) {
      const others = peers.filter(other => other !== peer).map(other => other.identity)
      expect(
        peer
          .of('join')
          .map(event => event.identity)
          .toSorted()
      ).toEqual(others.toSorted())
      expect(peer.of('leave')).toEqual([])
      expect(peer.machine.members()).toHaveLength(4)
      expect(peer.machine.members()[0]?.identity).toBe(peer.identity)
    }
  })

  test('who comes late gets the history, marked as such', () => {
    const world = new World()
    const [ann, bob] = [world.join('ann'), world.join('bob')]
    world.introduce(ann, bob)
    world.run(2_000)
    ann.say('one')
    bob.say('two')
    world.run(60_000)
    const cyd = world.join('cyd')
    world.introduce(ann, bob, cyd)
    world.run(5_000)
    expect(cyd.texts().toSorted()).toEqual(['one', 'two'])
    expect(cyd.of('message').every(({ message }) => message.history)).toBe(true)
    ann.say('three')
    world.run(1_000)
    expect(cyd.of('message').at(-1)?.message).toMatchObject({
      text: 'three',
      history: false,
      from: identityOf('ann'),
      nick: 'ann'
    })
  })
})
