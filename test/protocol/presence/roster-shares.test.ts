import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Heard } from '../../../src/protocol/presence/heard.js'
import { Roster } from '../../../src/protocol/presence/roster.js'
import { deviceOf, EPOCH, INSTANCE, identityOf } from '../../support/harness.js'

/** For how many devices there is room. */
const MAX = 12
const DEVICES = 3
const name = fc.nat(15).map(n => `m${n}`)
/** Whose links tell of others. */
const linked = fc.nat(4).map(n => `m${n}`)
const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('hear' as const), by: linked, who: name })
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('up' as const), who: linked }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('down' as const), who: linked }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('expire' as const), who: name }) }
)

it('has room for so many devices, and somebody charged with each member, whatever links tell and come and go', () => {
  const flags = fc.record({ at: fc.nat(DEVICES - 1), bits: fc.nat(31), event })
  const steps = fc.array(flags, { minLength: 50, maxLength: 300 })
  fc.assert(
    fc.property(steps, all => {
      const roster = new Roster(identityOf('self'), MAX)
      const up = new Set<string>()
      let now = EPOCH
      for (const { at, bits, event } of all) {
        now += 700 * (bits % 8)
        take(roster, up, { at, bits, event, now })
        expect(roster.deviceCount).toBeLessThanOrEqual(MAX)
        const devices = roster.members().flatMap(member => member.devices)
        expect(devices).toHaveLength(roster.deviceCount)
        for (const { identity } of roster.members())
          expect(roster.standingOf(identity, now).payer).toBeDefined()
      }
      for (const who of up) roster.linkDown(identityOf(who), now)
      roster.expire(now + 1_000_000)
      expect([roster.deviceCount, roster.members()]).toEqual([0, []])
    }),
    { numRuns: 30 }
  )
})

interface Step {
  readonly at: number
  readonly bits: number
  readonly event: typeof event extends fc.Arbitrary<infer E> ? E : never
  readonly now: number
}

function take(roster: Roster, up: Set<string>, { at, bits, event, now }: Step): void {
  const identity = identityOf(event.who)
  if (event.type === 'expire') roster.expire(now)
  else if (event.type === 'hear') roster.hear(heardOf(event, up, { at, bits, now }), now, now)
  else if (event.type === 'up' && !up.has(event.who)) {
    up.add(event.who)
    roster.linkUp(identity, deviceOf(`${event.who}/0`), now)
  } else if (event.type === 'down' && up.delete(event.who)) roster.linkDown(identity, now)
}

/** A presence, maybe a goodbye, over the link of somebody, if that is up. */
function heardOf(
  { by, who }: { by: string; who: string },
  up: ReadonlySet<string>,
  { at, bits, now }: Pick<Step, 'at' | 'bits' | 'now'>
): Heard {
  const body = {
    instance: INSTANCE,
    interval: 10_000,
    nick: who,
    leaving: bits % 8 === 0,
    bot: false,
    routine: true,
    device: deviceOf(`${who}/${at}`)
  }
  const message = { author: identityOf(who), clock: now, parents: [], id: `${who} ${at} ${now}` }
  const teller = up.has(by) ? identityOf(by) : undefined
  const told = { teller, isFresh: (bits & 8) !== 0, toldTwice: (bits & 16) !== 0 }
  return { message, body, handedOn: false, ownLink: false, ...told } as unknown as Heard
}
