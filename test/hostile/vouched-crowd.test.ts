import { expect, test } from 'vitest'
import { MAX_DEVICES } from '../../src/protocol/config.js'
import { type Puppet, World } from '../support/harness.js'
import { feedPushed, member, presenceOf } from '../support/hostile.js'
import { live } from '../support/one-honest-link.js'

// Invented members that two links of one attacker tell of, so that each vouches for those of the other.
// The attacker spends: some 17,000 identities, two presences of each, and four links for six minutes, within what a link may bring.
// The room suffers: nothing. Whoever comes is shown, and whoever is there stays.

const INTERVAL = 15 * 60_000
/** Of newcomers on one link, in a second, by the limits. */
const PER_SECOND = 50

/** bob, to whom cyd has told of dan and fay, and four links of the attacker have told of so many more than there is room for. */
function crowded(more: number) {
  const world = new World(3)
  const bob = world.join('bob')
  const cyd = live(world, member(world, bob, 'cyd'), bob)
  const eves = ['eve', 'mal', 'ivy', 'mel'].map(name => live(world, member(world, bob, name), bob))
  const tell = (by: Puppet | undefined, name: string, clock = world.now) => {
    const presence = presenceOf(name, { interval: INTERVAL }, clock)
    if (by !== undefined) feedPushed(bob, by, presence)
    return presence
  }
  for (const name of ['cyd', 'dan', 'fay']) tell(cyd, name)
  world.run(70_000)
  for (let n = 0; n < MAX_DEVICES + more; n++) {
    const [first, second] = n % 2 === 0 ? eves : eves.slice(2)
    tell(first, `one ${n}`)
    tell(second, `one ${n}`, world.now + 1)
    if (n % PER_SECOND === PER_SECOND - 1) world.run(1_000)
  }
  const nicks = () => bob.machine.members().map(({ nick }) => nick)
  const gone = () => bob.of('leave').map(({ nick }) => nick)
  return { world, bob, cyd, eves, nicks, gone, tell }
}

let crowd: ReturnType<typeof crowded> | undefined
/** Where there are 500 too many: what one test does there is nothing to the others. */
function full() {
  crowd ??= crowded(500)
  return crowd
}

test('whom two links invent keep nobody else out', () => {
  const { cyd, nicks, tell } = full()
  tell(cyd, 'hal')
  expect(nicks()).toContain('hal')
})

test('whom two links invent have nobody go who is there', () => {
  const { gone, nicks } = full()
  expect(nicks()).toContain('dan')
  expect(gone()).not.toContain('dan')
})

test('who comes and is told of by them first is there as soon as an honest link tells of it', () => {
  const { cyd, eves, nicks, tell, world } = full()
  for (const eve of [eves[1], eves[3]]) tell(eve, 'ivo', world.now)
  expect(nicks()).not.toContain('ivo')
  tell(cyd, 'ivo', world.now)
  expect(nicks()).toContain('ivo')
})

test('who was told of by them first stays once an honest link has sent or announced the same', () => {
  const { bob, cyd, eves, gone, nicks, tell, world } = crowded(-10)
  const [, mal, ivy] = eves
  const [sent, announced] = ['hal', 'ivo', 'jim'].map(name => tell(mal, name))
  expect(nicks()).toEqual(expect.arrayContaining(['hal', 'ivo', 'jim']))
  if (sent !== undefined) feedPushed(bob, cyd, sent)
  if (announced !== undefined)
    cyd.send(bob.device, { type: 'ihave', entries: [{ id: announced.id, hops: 1 }] })
  for (let n = 0; n < 20; n++) {
    world.run(1_000)
    tell(ivy, `another ${n}`)
  }
  expect(gone()).toContain('jim')
  expect(nicks()).toEqual(expect.arrayContaining(['hal', 'ivo']))
})

test('whom the only honest link tells of stay, also if others vouch for all that was invented and came over it', () => {
  const world = new World(3)
  const bob = world.join('bob')
  const cyd = live(world, member(world, bob, 'cyd'), bob)
  const [eve, mal] = ['eve', 'mal'].map(name => live(world, member(world, bob, name), bob))
  const tell = (by: Puppet | undefined, name: string, clock = world.now) => {
    if (by !== undefined) feedPushed(bob, by, presenceOf(name, { interval: INTERVAL }, clock))
  }
  world.run(70_000)
  for (const name of ['cyd', 'dan', 'fay']) tell(cyd, name)
  for (let n = 0; bob.machine.snapshot().members < MAX_DEVICES; n++) {
    tell(eve, `one ${n}`)
    // They have told cyd of it as well, who passes it on.
    tell(cyd, `one ${n}`, world.now + 1)
    if (n % PER_SECOND === PER_SECOND - 1) world.run(1_000)
  }
  for (let n = 0; n < 10; n++) {
    world.run(1_000)
    tell(mal, `another ${n}`)
  }
  const gone = bob.of('leave').map(({ nick }) => nick)
  expect(gone.length).toBeGreaterThan(5)
  expect(gone).not.toContain('dan')
  expect(gone).not.toContain('fay')
})
