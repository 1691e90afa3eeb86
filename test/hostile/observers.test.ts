import { describe, expect, test } from 'vitest'
import { MAX_OBSERVER_LINKS } from '../../src/protocol/links/tuning.js'
import { deviceOf, type Peer, type Puppet, World } from '../support/harness.js'
import { hello, identify, visit } from '../support/hostile.js'

/** A link that only looks on, of a device of this name, and answers pings for ever. */
function lookOn(world: World, peer: Peer, device: string, identity: string): Puppet {
  const puppet = visit(world, peer, device)
  puppet.onframe = (from, frame) => {
    if (frame.type === 'ping') puppet.send(from, { type: 'pong' })
  }
  for (const frame of [hello(puppet), identify(puppet, identity, true)])
    puppet.send(peer.device, frame)
  world.run(50)
  return puppet
}

/** Whom somebody sees who looks on now, at a member at which others have looked on for a minute. */
function seenAfter(identityOf: (n: number) => string): { nicks: string[]; ann: Peer } {
  const world = new World()
  const ann = world.join('ann')
  for (let n = 0; n < MAX_OBSERVER_LINKS; n++) lookOn(world, ann, `eve ${n}`, identityOf(n))
  world.run(60_000)
  const eye = world.join('eye', { observer: true })
  eye.feed({ type: 'candidates', peers: [deviceOf('ann')] })
  world.run(2_000)
  return { nicks: eye.machine.members().map(({ nick }) => nick), ann }
}

// Spent: 16 links that look on for ever, and the room's secret.
// Suffered: nothing; whoever looks on now is told who is here. The oldest of those of whom there are most makes room.
describe('those who look on and do not go', () => {
  test('keep nobody from looking on as one identity', () => {
    const { ann, nicks } = seenAfter(() => 'eve')
    expect(nicks).toEqual(['ann'])
    expect(ann.closed).toEqual([{ peer: deviceOf('eve 0'), reason: 'not-needed' }])
  })

  test('keep nobody from looking on as many identities', () => {
    expect(seenAfter(n => `eve ${n}`).nicks).toEqual(['ann'])
  })
})

test('somebody who looks on is not closed for the many links of another identity', () => {
  const world = new World()
  const ann = world.join('ann')
  const eye = lookOn(world, ann, 'eye', 'eye')
  for (let n = 0; n < 3 * MAX_OBSERVER_LINKS; n++) lookOn(world, ann, `eve ${n}`, 'eve')
  expect(eye.wasClosed()).toBe(false)
  expect(ann.machine.snapshot().links).toBe(MAX_OBSERVER_LINKS)
})
