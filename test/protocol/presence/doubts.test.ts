import { describe, expect, test } from 'vitest'
import type { IdentityKey } from '../../../src/base/ids.js'
import { Doubts } from '../../../src/protocol/presence/doubts.js'
import { MAX_DOUBTS } from '../../../src/protocol/presence/tuning.js'
import { deviceOf, EPOCH, identityOf, type Peer, World } from '../../support/harness.js'
import { messageOf, presenceOf } from '../../support/hostile.js'

/** An observer that has reached these members. */
function observe(world: World, ...members: Peer[]): Peer {
  const eye = world.join('eye', { observer: true })
  eye.feed({ type: 'candidates', peers: members.map(({ device }) => device) })
  return eye
}

const signOf = (eye: Peer, of: Peer) => eye.machine.signs().find(s => s.device === of.device)

describe('an observer that comes after a member has died', () => {
  test.each([4_000, 15_000])(
    'is told %i ms later when it was last heard, and that it is doubted',
    after => {
      const world = new World(1)
      const [ann, bob, cyd] = world.joinAll('ann', 'bob', 'cyd') as [Peer, Peer, Peer]
      world.run(2_000)
      world.crash(cyd)
      const diedAt = world.now
      world.run(after)
      const eye = observe(world, ann, bob)
      world.run(1_000)
      expect(signOf(eye, cyd)).toMatchObject({ nick: 'cyd', isDoubted: true })
      expect(signOf(eye, cyd)?.at).toBeLessThanOrEqual(diedAt)
      expect(signOf(eye, bob)?.isDoubted).toBe(false)
      world.run(4_000)
      expect(signOf(eye, cyd)).toBeUndefined()
      expect(eye.of('leave').map(({ nick }) => nick)).toContain('cyd')
    }
  )

  test('is not told of it a minute and a half later', () => {
    const world = new World(1)
    const [ann, bob, cyd] = world.joinAll('ann', 'bob', 'cyd') as [Peer, Peer, Peer]
    world.run(2_000)
    world.crash(cyd)
    world.run(90_000)
    const eye = observe(world, ann, bob)
    world.run(1_000)
    expect(signOf(eye, cyd)).toBeUndefined()
    expect(signOf(eye, bob)).toBeDefined()
  })
})

describe('invented members that are doubted do not push out those who died', () => {
  /** cyd, of whom an honest link told, and so many others as one. */
  function doubted(isHearsay: boolean, count: number) {
    const doubts = new Doubts()
    const note = (nick: string, of: { isHearsay: boolean; payer: IdentityKey }) => {
      const presence = presenceOf(nick)
      const suspect = { identity: presence.author, device: deviceOf(nick), clock: EPOCH }
      doubts.note({ suspect, presence, suspicion: messageOf('eve'), ...of })
    }
    note('cyd', { isHearsay: false, payer: identityOf('bob') })
    for (let n = 0; n < count; n++)
      note(`nobody ${n}`, { isHearsay, payer: identityOf(`eve ${n % 2}`) })
    return doubts
  }

  test.each([
    ['one link tells of', true],
    ['two links tell of', false]
  ])('whom %s', (_, isHearsay) => {
    const doubts = doubted(isHearsay, 2 * MAX_DOUBTS)
    const told = doubts.departed(() => false, 10, EPOCH)
    expect(told).toHaveLength(10)
    expect(told.slice(0, 3).map(({ author }) => author)).toContain(identityOf('cyd'))
    const handedOn = doubts.toHandOn(EPOCH).map(({ author }) => author)
    expect(handedOn.slice(0, 6)).toContain(identityOf('cyd'))
  })

  test('nor those of links that are gone', () => {
    const doubts = doubted(false, MAX_DOUBTS)
    for (const name of ['eve 0', 'eve 1']) doubts.linkDown(identityOf(name))
    const told = doubts.departed(() => false, 2, EPOCH)
    expect(told.map(({ author }) => author)).toContain(identityOf('cyd'))
  })
})

test('a probe tells of those who are there still, and of nobody else', () => {
  const world = new World(1)
  const [ann, bob] = world.joinAll('ann', 'bob') as [Peer, Peer]
  world.run(1_000)
  const eye = observe(world, ann, bob)
  world.run(1_000)
  bob.alive = false
  eye.events.length = 0
  eye.feed({ type: 'probe' })
  world.run(1_000)
  const proved = eye.of('peer').filter(({ state }) => state === 'verified')
  expect(proved.map(({ device }) => device)).toEqual([ann.device])
})

test.each([true, false])(
  'a link with somebody of whom others have told is news: it has proved itself (observer: %s)',
  observer => {
    const world = new World(1)
    const [ann, bob] = world.joinAll('ann', 'bob') as [Peer, Peer]
    world.run(1_000)
    const cat = world.join('cat', { observer })
    cat.feed({ type: 'candidates', peers: [ann.device] })
    // By then Ann has told of Bob, whom a member may have linked to.
    while (cat.machine.signs().length < 2) world.run(10)
    cat.feed({ type: 'candidates', peers: [bob.device] })
    world.run(2_000)
    const proved = cat.of('peer').filter(({ state }) => state === 'verified')
    expect(proved.map(({ device }) => device).toSorted()).toEqual(
      [ann.device, bob.device].toSorted()
    )
  }
)
