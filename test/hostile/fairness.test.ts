import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { ATTACKS, Attacker, INVISIBLE } from '../support/attacks.js'
import { idsOf, type Peer, type Puppet, World } from '../support/harness.js'
import { feedStored, guest, messageOf, numbered } from '../support/hostile.js'

/** `npm run test:sim` makes 10; `RUNS=1000 npx vitest run test/hostile/fairness.test.ts` more. */
const RUNS = Number(process.env.RUNS ?? 1)
/** How long an author must be known: then a newcomers' ration is none of its business. */
const SETTLING = 11 * 60_000

const names = ['ann', 'bob', 'cyd']

function oldRoom(options = {}): { world: World; honest: Peer[] } {
  const world = new World()
  const honest = names.map(name => world.join(name, options))
  world.introduce(...honest)
  world.run(SETTLING)
  return { world, honest }
}

const steps = fc.array(
  fc.record({
    attacks: fc.array(fc.record({ attack: fc.constantFrom(...ATTACKS), link: fc.nat(3) }), {
      maxLength: 6
    }),
    speaker: fc.nat(2),
    millis: fc.integer({ min: 0, max: 3_000 })
  }),
  { minLength: 1, maxLength: 15 }
)

/** Two floods after which a line comes late if members announce more seldom while many talk. */
const LATE_WHEN_ANNOUNCED_SELDOM = [
  { attacks: [{ attack: 'presences', link: 0 } as const], speaker: 0, millis: 0 },
  { attacks: [{ attack: 'newcomers', link: 0 } as const], speaker: 1, millis: 0 },
  { attacks: [], speaker: 0, millis: 0 }
]

// Spends: whatever it wants, over four links at a time, with as many identities and devices as it wants.
// Costs the room: nothing of what settled members say is lost, or late by two seconds.
test('no line of a settled author is refused for what others send', () => {
  fc.assert(
    fc.property(steps, schedule => {
      const { honest, world } = oldRoom({ keep: { maxMessages: 550 } })
      const eve = new Attacker(world, honest, names)
      let said = 0
      for (const { attacks, millis, speaker } of schedule) {
        for (const { attack, link } of attacks) eve.strike(attack, link)
        const line = `line ${++said}`
        honest[speaker]?.say(line)
        world.run(2_000)
        for (const peer of honest) expect(peer.texts()).toContain(line)
        world.run(millis)
      }
      // Nobody takes another honest member for gone, or closes its link.
      for (const peer of honest) {
        const others = honest.map(({ device }) => device)
        expect(peer.closed.filter(({ peer: closed }) => others.includes(closed))).toEqual([])
        expect(peer.of('leave').filter(({ nick }) => names.includes(nick))).toEqual([])
      }
    }),
    { numRuns: RUNS + 1, examples: [[LATE_WHEN_ANNOUNCED_SELDOM]] }
  )
})

const told = ({ sent }: Peer, type: Frame['type']) =>
  sent.filter(({ frame }) => frame.type === type).length
const opened = ({ sent }: Peer) =>
  sent.filter(({ frame }) => frame.type === 'reconcile' && frame.step === 'open').length
const messages = fc.array(
  fc.record({
    author: fc.constantFrom('eli', 'fay', 'gus', 'hal'),
    ago: fc.nat(500),
    bytes: fc.constantFrom(0, 0, 0, 2_000, 8_000),
    to: fc.integer({ min: 1, max: 7 })
  }),
  { maxLength: 200 }
)

describe('members with one bound', () => {
  /** They get these, each those that are to it (bits), while they cannot hear each other; then they meet. */
  function meet(plan: { author: string; ago: number; bytes: number; to: number }[], max: number[]) {
    const world = new World()
    const peers = names.map((name, at) =>
      world.join(name, { keep: { maxMessages: max[at] as number } })
    )
    world.run(1_000)
    const sources = peers.map((peer, at) => guest(world, peer, `source ${at}`))
    const { now } = world
    for (const [n, { ago, author, bytes, to }] of plan.entries()) {
      const body = new Uint8Array(bytes)
      const draft = { kind: INVISIBLE, clock: now - ago, nonce: numbered(n), body }
      const message = messageOf(author, draft)
      for (const [at, peer] of peers.entries()) {
        if (to & (1 << at)) feedStored(peer, sources[at] as Puppet, message)
      }
    }
    world.introduce(...peers)
    world.run(120_000)
    return { peers, world }
  }

  test('exchange until nothing is new, hold one set then, and are silent', () => {
    fc.assert(
      fc.property(messages, plan => {
        const { peers, world } = meet(plan, [55, 55, 55])
        for (const peer of peers) expect(idsOf(peer)).toEqual(idsOf(peers[0] as Peer))
        const before = peers.map(peer => [told(peer, 'want'), told(peer, 'offer'), opened(peer)])
        world.run(3_600_000)
        const after = peers.map(peer => [told(peer, 'want'), told(peer, 'offer'), opened(peer)])
        expect(after).toEqual(before)
      }),
      { numRuns: RUNS }
    )
  })

  test('and others as well fall silent, each with what it has room for', () => {
    fc.assert(
      fc.property(messages, plan => {
        const { peers, world } = meet(plan, [55, 110, 22])
        const before = peers.map(peer => told(peer, 'want'))
        const exchanges = peers.map(opened)
        world.run(3_600_000)
        expect(peers.map(peer => told(peer, 'want'))).toEqual(before)
        // With each of two others: after 20, 40, 80 ... 600 s.
        for (const [at, peer] of peers.entries()) {
          expect(opened(peer) - (exchanges[at] ?? 0)).toBeLessThan(2 * 12)
        }
      }),
      { numRuns: RUNS }
    )
  })
})
