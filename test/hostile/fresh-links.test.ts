import { describe, expect, test } from 'vitest'
import { CHAT_LIMITS, FRESH_LINK_MILLIS } from '../../src/protocol/config.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { INVISIBLE } from '../support/attacks.js'
import { EPOCH, identityOf, type Peer, type Puppet, World } from '../support/harness.js'
import {
  feedPushed,
  feedStored,
  hello,
  identify,
  member,
  messageOf,
  numbered,
  presenceOf,
  textOf,
  visit,
  wrongFingerprints
} from '../support/hostile.js'
import { live } from '../support/one-honest-link.js'

// What a link may cost in its first minute all new links have in common, and what it may cost at once later all others have, so neither
// a new link for each flood nor many that were idle gain anything.
// Spends: six links at a time, each of a new key once it was closed, and as much as they may bring or ask for.
// Costs the room: an honest newcomer, whose link is as new, is slower, and not shut out; an honest link brings no more at once than newcomers may say.

const LINKS = 6
const LINES = 400
/** How long an author must be known: then what newcomers may say is bounded. */
const SETTLING = 11 * 60_000

/** A member that has had its history for a while. */
function settled() {
  const world = new World()
  const ann = world.join('ann')
  const lines = Array.from({ length: LINES }, (_, n) =>
    textOf('dan', `line ${n}`, EPOCH - 3_600_000 + n)
  )
  ann.feed({ type: 'restore', messages: lines })
  world.run(SETTLING)
  return { world, ann }
}

/** A puppet that is about to be linked to the member, and asks for no place. */
function dial(world: World, ann: Peer, name: string): Puppet {
  const eve = visit(world, ann, name)
  for (const frame of [hello(eve), identify(eve, name)]) eve.send(ann.device, frame)
  eve.onframe = (from, frame) => {
    if (frame.type === 'ping') eve.send(from, { type: 'pong' })
  }
  return eve
}

/** For so many seconds this is sent to the member on six links, fifteen times a second on each. */
function besiege(world: World, ann: Peer, seconds: number, frame: Frame): void {
  let made = 0
  const next = () => dial(world, ann, `eve ${made++}`)
  const eves = Array.from({ length: LINKS }, next)
  for (let step = 1; step <= 5 * seconds; step++) {
    world.after(200 * step, () => {
      for (const [at, eve] of eves.entries()) {
        for (let n = 0; n < 3; n++) eve.send(ann.device, frame)
        if (eve.wasClosed()) eves[at] = next()
      }
    })
  }
}

const invisible = (n: number, clock: number) => {
  const draft = { kind: INVISIBLE, clock, nonce: numbered(n), body: new Uint8Array(0) }
  return messageOf(`eve ${n % 500}`, draft)
}

/** Ten seconds after the siege began somebody comes who knows the member alone. */
function newcomer(world: World, ann: Peer): Peer {
  world.run(10_000)
  const bob = world.join('bob')
  world.connect(bob, ann)
  return bob
}

describe('whoever comes anew', { timeout: 300_000 }, () => {
  test('is told what was said though others have histories compared without end', () => {
    const { ann, world } = settled()
    const payload = wrongFingerprints(EPOCH - 3_600_000)
    besiege(world, ann, 20, { type: 'reconcile', step: 'ask', payload })
    const bob = newcomer(world, ann)
    world.run(5_000)
    expect(bob.texts()).toHaveLength(LINES)
  })

  test('is heard though others push without end', () => {
    const { ann, world } = settled()
    const eves = Array.from({ length: LINKS }, (_, n) => dial(world, ann, `eve ${n}`))
    world.run(100)
    let made = 0
    const push = (count: number) => {
      for (const eve of eves)
        for (let n = 0; n < count; n++) feedPushed(ann, eve, invisible(made++, world.now))
    }
    push(1_900)
    const bob = world.join('bob')
    world.connect(bob, ann)
    for (let at = 1; at <= 300; at++) world.after(10 * at, () => push(1))
    world.run(1_000)
    bob.say('hello')
    world.run(2_000)
    expect(ann.texts()).toContain('hello')
  })
})

describe('links that were idle for long', { timeout: 300_000 }, () => {
  const EACH = 4_000
  const { link, linkPart, links } = CHAT_LIMITS

  /** All of them push at once what they saved up. Dan is honest, and has a link that is as old. */
  function release() {
    const world = new World()
    const ann = world.join('ann')
    const old = (name: string) => live(world, member(world, ann, name), ann)
    const dan = old('dan')
    const eves = Array.from({ length: LINKS }, (_, n) => old(`eve ${n}`))
    world.run(2 * FRESH_LINK_MILLIS)
    expect(ann.closed).toEqual([])
    for (let n = 0; n < LINKS * EACH; n++)
      feedPushed(ann, eves[n % LINKS] as Puppet, invisible(n, world.now))
    return { world, ann, dan }
  }

  test('bring together less than half at once of what each of them may', () => {
    const { ann } = release()
    const most = links.messages.burst + LINKS * linkPart.messages.burst
    expect(ann.stored.length).toBeGreaterThan(links.messages.burst)
    expect(ann.stored.length).toBeLessThanOrEqual(most)
    expect(most).toBeLessThan((LINKS * link.messages.burst) / 2)
  })

  test('leave an honest link as much as newcomers may say at once', () => {
    const { world, ann, dan } = release()
    for (let n = 0; n < CHAT_LIMITS.newcomers.messages.burst; n++)
      feedPushed(ann, dan, textOf(`new ${n % 10}`, `line ${n}`, world.now))
    expect(ann.texts()).toHaveLength(CHAT_LIMITS.newcomers.messages.burst)
  })
})

// Spends: six links, and more over each than it may bring, from the first second on.
describe('links that never were idle', { timeout: 300_000 }, () => {
  test('bring no more at once when their first minute is over', () => {
    const world = new World()
    const ann = world.join('ann')
    const eves = Array.from({ length: LINKS }, (_, n) =>
      live(world, member(world, ann, `eve ${n}`), ann)
    )
    let made = 0
    const push = (count: number) => {
      for (const eve of eves)
        for (let n = 0; n < count; n++) feedPushed(ann, eve, invisible(made++, world.now))
    }
    for (let second = 0; second < FRESH_LINK_MILLIS / 1_000; second++) {
      push(100)
      world.run(1_000)
    }
    const before = ann.stored.length
    push(4_000)
    expect(eves.some(eve => eve.wasClosed())).toBe(false)
    // What all of them have in common begins full, and theirs with what a fresh link holds and what was gained since.
    expect(ann.stored.length - before).toBeLessThan(1.2 * CHAT_LIMITS.links.messages.burst)
  })
})

// Spends: seven links that are older than the honest one, and 1,400 messages a second.
describe('an honest link that is fresh no longer', { timeout: 300_000 }, () => {
  test.each([59_900, 60_010, 60_300])('brings at once at %i ms what it may when it is new', age => {
    const world = new World()
    const ann = world.join('ann')
    const old = (name: string) => live(world, member(world, ann, name), ann)
    const eves = Array.from({ length: 7 }, (_, n) => old(`eve ${n}`))
    world.run(75_000)
    const openedBy = world.now
    const dan = old('dan')
    let made = 0
    const flood = () => {
      for (const eve of eves)
        for (let n = 0; n < 2; n++) feedPushed(ann, eve, invisible(made++, world.now))
      world.after(10, flood)
    }
    world.run(FRESH_LINK_MILLIS - 10_000)
    flood()
    world.run(openedBy + 10 + age - world.now)
    const { burst } = CHAT_LIMITS.freshPart.messages
    for (let n = 0; n < burst; n++)
      feedPushed(ann, dan, textOf(`new ${n % 10}`, `line ${n}`, world.now))
    expect(ann.texts()).toHaveLength(burst)
  })
})

// Spends: seven links that are made before the honest one, and 2,000 presences over each.
describe('who has just started', { timeout: 300_000 }, () => {
  test.each([2, 7])(
    'knows a room of 100 at once though %i links that came first tell of crowds',
    count => {
      const world = new World()
      const ann = world.join('ann')
      const [dan, ...eves] = Array.from({ length: 1 + count }, (_, n) => member(world, ann, `${n}`))
      const crowd = eves.flatMap((eve, at) =>
        Array.from({ length: 2_000 }, (_, n) => ({ eve, said: presenceOf(`ghost ${at} ${n}`) }))
      )
      for (const { eve, said } of crowd) feedPushed(ann, eve, said)
      for (let n = 0; n < 100; n++) feedStored(ann, dan as Puppet, presenceOf(`one ${n}`))
      const known = Array.from({ length: 100 }, (_, n) =>
        ann.machine.member(identityOf(`one ${n}`))
      )
      expect(known.filter(Boolean)).toHaveLength(100)
    }
  )
})
