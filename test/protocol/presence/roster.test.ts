import { describe, expect, test } from 'vitest'
import type { RelayKey } from '../../../src/base/ids.js'
import {
  INSTANCE_BYTES,
  MAX_KNOWN_PEERS,
  MAX_PRESENCE_AGE_MILLIS
} from '../../../src/protocol/config.js'
import { type Program, programFrom } from '../../../src/protocol/presence/program.js'
import { Roster } from '../../../src/protocol/presence/roster.js'
import {
  MANY_SUSPECTED,
  MAX_DEVICES_PER_IDENTITY,
  MAX_FORMER_PROGRAMS
} from '../../../src/protocol/presence/tuning.js'
import type { PresenceBody } from '../../../src/protocol/wire/bodies/presence.js'
import type { VerifiedMessage } from '../../../src/protocol/wire/message.js'
import { deviceOf, EPOCH, INSTANCE, identityOf } from '../../support/harness.js'

interface Fields extends Partial<PresenceBody> {
  teller?: string
  ownLink?: boolean
  who?: string
  on?: string
  clock?: number
  handedOn?: boolean
}

const [ann, bob] = [identityOf('ann'), identityOf('bob')]

class Scene {
  readonly roster = new Roster(ann)
  now = EPOCH
  #clock = EPOCH

  hear({
    clock,
    handedOn = false,
    on,
    ownLink = false,
    teller,
    who = 'bob',
    ...body
  }: Fields = {}) {
    const usual = { instance: INSTANCE, interval: 10_000, nick: who }
    const full = { ...usual, leaving: false, bot: false, routine: true, ...body }
    const message = { author: identityOf(who), clock: clock ?? ++this.#clock, parents: [] }
    const news = this.roster.hear(
      {
        message: message as unknown as VerifiedMessage,
        body: { ...full, device: deviceOf(on ?? who) },
        handedOn,
        ownLink,
        teller: teller === undefined ? undefined : identityOf(teller)
      },
      this.now,
      this.now
    )
    return news?.events
  }

  suspect(who: string, clock = this.#clock, saidAt = clock + 1) {
    return this.roster.suspect(
      { identity: identityOf(who), device: deviceOf(who), clock },
      saidAt,
      this.now,
      this.now
    )
  }

  pass(millis: number) {
    this.now += millis
    return this.roster.expire(this.now)
  }
}

describe('the roster', () => {
  test('a member joins with its first presence and leaves with its last', () => {
    const scene = new Scene()
    expect(scene.hear()).toEqual([{ type: 'join', identity: bob, nick: 'bob' }])
    expect(scene.hear()).toEqual([])
    expect(scene.hear({ leaving: true })).toEqual([{ type: 'leave', identity: bob, nick: 'bob' }])
    expect(scene.roster.members()).toEqual([])
  })

  test('a device that nobody suspects is gone after 2.5 of its intervals, and a bit', () => {
    const scene = new Scene()
    scene.hear({ interval: 12_000 })
    expect(scene.pass(42_000)).toEqual([])
    expect(scene.pass(1)).toEqual([{ type: 'leave', identity: bob, nick: 'bob' }])
    expect(scene.hear()).toEqual([{ type: 'join', identity: bob, nick: 'bob' }])
  })

  test('a device is overdue after 1.5 of its intervals, and a bit, once', () => {
    const scene = new Scene()
    scene.hear({ interval: 12_000 })
    scene.pass(30_000)
    expect(scene.roster.overdue(9)).toEqual([])
    scene.pass(1)
    const suspect = { identity: bob, device: deviceOf('bob'), clock: EPOCH + 1 }
    expect(scene.roster.overdue(0)).toEqual([])
    expect(scene.roster.overdue(9)).toEqual([suspect])
    expect(scene.roster.overdue(9)).toEqual([])
  })

  test('a suspect is gone after 3 s, unless it speaks', () => {
    const scene = new Scene()
    for (const who of ['bob', 'cyd']) {
      scene.hear({ who })
      expect(scene.suspect(who)).toBe(true)
      expect(scene.suspect(who)).toBe(false)
    }
    scene.hear({ who: 'cyd' })
    expect(scene.pass(3_000)).toEqual([])
    expect(scene.pass(1)).toEqual([{ type: 'leave', identity: bob, nick: 'bob' }])
    expect(scene.pass(5_000)).toEqual([])
  })

  test('of many that are suspected the first eight are gone after 3 s, the others after 10, unless they speak', () => {
    const scene = new Scene()
    const names = Array.from({ length: MANY_SUSPECTED + 3 }, (_, n) => `bob ${n}`)
    for (const who of names) scene.hear({ who })
    for (const who of names) expect(scene.suspect(who)).toBe(true)
    expect(scene.pass(3_001)).toHaveLength(MANY_SUSPECTED)
    scene.hear({ who: names.at(-1) ?? '' })
    // There are only two by now.
    scene.hear({ who: 'cyd' })
    scene.suspect('cyd')
    expect(scene.pass(3_001)).toMatchObject([{ type: 'leave', nick: 'cyd' }])
    expect(scene.pass(5_000)).toHaveLength(2)
    expect(scene.roster.isHere(identityOf(names.at(-1) ?? ''))).toBe(true)
  })

  test('a suspicion that knows less than we do changes nothing, nor one of nobody', () => {
    const scene = new Scene()
    scene.hear({ clock: EPOCH + 10 })
    expect(scene.suspect('bob', EPOCH + 9)).toBe(false)
    expect(scene.suspect('cyd')).toBe(false)
  })

  test('a suspicion may know a presence that we miss, up to a second ahead of its clock now', () => {
    const scene = new Scene()
    scene.hear({ clock: EPOCH })
    scene.now += 10_000
    expect(scene.suspect('bob', scene.now + 1_001)).toBe(false)
    expect(scene.suspect('bob', scene.now + 1_000)).toBe(true)
  })

  test('the time that we slept counts against nobody', () => {
    const scene = new Scene()
    scene.hear()
    scene.now += 3_600_000
    scene.roster.excuse(3_600_000)
    expect(scene.pass(0)).toEqual([])
  })

  test('relays are offered as long as the device that runs them is there', () => {
    const scene = new Scene()
    const relay = deviceOf('relay') as unknown as RelayKey
    scene.hear({ relay })
    scene.hear({ who: 'cleo', relay })
    expect(scene.roster.relays()).toEqual([relay])
    scene.hear()
    expect(scene.roster.relays()).toEqual([relay])
    scene.hear({ who: 'cleo', leaving: true })
    expect(scene.roster.relays()).toEqual([])
  })

  test('only first-hand and fresh presences are handed on', () => {
    const scene = new Scene()
    scene.hear({ who: 'bob', handedOn: true })
    scene.hear({ who: 'cyd' })
    expect(scene.roster.toHandOn(9, scene.now)).toHaveLength(1)
    scene.suspect('cyd')
    expect(scene.roster.toHandOn(9, scene.now)).toHaveLength(0)
    scene.hear({ who: 'cyd' })
    scene.now += 22_001
    expect(scene.roster.toHandOn(9, scene.now)).toHaveLength(0)
  })

  test('an interval beyond a quarter of an hour counts as that, and none as 10 s', () => {
    const scene = new Scene()
    scene.hear({ who: 'bob', interval: 2 ** 32 - 1 })
    scene.hear({ who: 'cyd', interval: 0 })
    expect(scene.pass(37_000)).toEqual([])
    expect(scene.pass(1)).toHaveLength(1)
    expect(scene.pass(2.5 * 900_000)).toHaveLength(1)
  })

  test('two devices are one member', () => {
    const scene = new Scene()
    scene.hear({ on: 'desk' })
    expect(scene.hear({ on: 'sofa' })).toEqual([])
    expect(scene.roster.members()[0]?.devices).toEqual([deviceOf('desk'), deviceOf('sofa')])
    expect(scene.hear({ on: 'desk', leaving: true })).toEqual([])
    expect(scene.hear({ on: 'sofa', leaving: true })).toHaveLength(1)
  })

  test('an older presence changes nothing, neither before nor after leaving', () => {
    const scene = new Scene()
    scene.hear({ clock: EPOCH + 10 })
    expect(scene.hear({ clock: EPOCH + 10, leaving: true })).toBeUndefined()
    expect(scene.hear({ clock: EPOCH + 9, nick: 'mallory' })).toBeUndefined()
    scene.hear({ clock: EPOCH + 20, leaving: true })
    expect(scene.hear({ clock: EPOCH + 15 })).toBeUndefined()
    expect(scene.hear({ clock: EPOCH + 21 })).toHaveLength(1)
  })

  test('a replay from long ago brings nobody back', () => {
    const scene = new Scene()
    expect(scene.hear({ clock: EPOCH - MAX_PRESENCE_AGE_MILLIS - 1 })).toBeUndefined()
  })

  test("naming somebody else's device takes nothing from them", () => {
    const scene = new Scene()
    scene.hear({ who: 'bob', on: 'desk' })
    scene.hear({ who: 'mallory', on: 'desk' })
    expect(scene.hear({ who: 'mallory', on: 'desk', leaving: true })).toEqual([
      { type: 'leave', identity: identityOf('mallory'), nick: 'mallory' }
    ])
    expect(scene.roster.namingOf(bob)?.nick).toBe('bob')
  })

  test('a new nick is told once, also when devices differ', () => {
    const scene = new Scene()
    scene.hear({ on: 'desk', nick: 'bob' })
    expect(scene.hear({ on: 'desk', nick: 'rob' })).toEqual([
      { type: 'rename', identity: bob, nick: 'rob', previous: 'bob' }
    ])
    expect(scene.hear({ on: 'sofa', nick: 'bob' })).toHaveLength(1)
    expect(scene.hear({ on: 'desk', nick: 'rob' })).toEqual([])
    expect(scene.hear({ on: 'sofa', nick: 'bob' })).toEqual([])
  })

  test('our own identity is no news', () => {
    const scene = new Scene()
    expect(scene.hear({ who: 'ann', on: 'laptop' })).toEqual([])
    expect(scene.hear({ who: 'ann', on: 'laptop', nick: 'anna' })).toEqual([])
    expect(scene.pass(60_000)).toEqual([])
  })

  test('an identity has so many devices and no more', () => {
    const scene = new Scene()
    for (let n = 0; n < MAX_DEVICES_PER_IDENTITY; n++) scene.hear({ on: `device ${n}` })
    expect(scene.hear({ on: 'one more' })).toBeUndefined()
    expect(scene.roster.deviceCount).toBe(MAX_DEVICES_PER_IDENTITY)
  })
})

describe('who has left does not come back by what was said before', () => {
  // Spends: a link, and goodbyes for more devices than are remembered.
  test.each([
    ['one identity', () => 'eve'],
    ['as many identities', (n: number) => `eve ${n}`]
  ])('though %s of one link said goodbye for thousands since', (_, author) => {
    const scene = new Scene()
    scene.hear({ clock: EPOCH + 1, teller: 'bob' })
    scene.hear({ clock: EPOCH + 3, leaving: true, teller: 'bob' })
    for (let n = 0; n <= MAX_KNOWN_PEERS; n++)
      scene.hear({ who: author(n), on: `device ${n % 97}`, leaving: true, teller: 'eve' })
    for (let n = 0; n <= MAX_KNOWN_PEERS; n++)
      scene.hear({ who: 'eve', on: `other ${n}`, leaving: true, teller: 'eve' })
    expect(scene.hear({ clock: EPOCH + 2, teller: 'eve' })).toBeUndefined()
    expect(scene.roster.isHere(bob)).toBe(false)
  })
})

describe('a device that was started again', () => {
  const MINUTE = 60_000
  const [former, latter] = [program(1), program(2)]

  function program(n: number) {
    return { instance: new Uint8Array(INSTANCE_BYTES).fill(n) }
  }

  /** bob's program was dated a minute ahead of time; the one after it is not, and says so over its own link. */
  function restarted(): Scene {
    const scene = new Scene()
    scene.hear({ ...former, clock: EPOCH + MINUTE })
    expect(scene.hear({ ...latter, clock: EPOCH, ownLink: true })).toEqual([])
    return scene
  }

  test('is taken at its word over its own link, though the program before it was ahead of time', () => {
    const scene = restarted()
    expect(scene.hear({ ...latter, clock: EPOCH + 1, nick: 'rob' })).toHaveLength(1)
    expect(scene.hear({ ...latter, clock: EPOCH + 1, nick: 'bob' })).toBeUndefined()
  })

  test('by others than itself counts as the newer one only with a later clock', () => {
    const scene = new Scene()
    scene.hear({ ...former, clock: EPOCH + MINUTE })
    expect(scene.hear({ ...latter, clock: EPOCH })).toBeUndefined()
    expect(scene.hear({ ...latter, clock: EPOCH + MINUTE + 1 })).toEqual([])
  })

  test('stays, whatever comes late of the program before it', () => {
    const scene = restarted()
    const clock = EPOCH + MINUTE + 1
    expect(scene.hear({ ...former, clock, nick: 'old' })).toBeUndefined()
    expect(scene.hear({ ...former, clock, leaving: true })).toBeUndefined()
    expect(scene.roster.member(bob)?.nick).toBe('bob')
  })

  test('is not suspected for what was said of the program before it', () => {
    const scene = restarted()
    scene.now += MINUTE + 1
    expect(scene.suspect('bob', EPOCH + MINUTE)).toBe(false)
    expect(scene.suspect('bob', EPOCH + 1)).toBe(false)
    expect(scene.suspect('bob', EPOCH)).toBe(true)
  })

  test('leaves for good: nothing that the program before it said brings it back', () => {
    const scene = restarted()
    expect(scene.hear({ ...latter, clock: EPOCH + 1, leaving: true })).toHaveLength(1)
    expect(scene.hear({ ...former, clock: EPOCH + MINUTE })).toBeUndefined()
    expect(scene.hear({ ...latter, clock: EPOCH + 1 })).toBeUndefined()
  })

  test('and is gone again leaves the key to the other program that has it', () => {
    const scene = restarted()
    scene.hear({ ...latter, clock: EPOCH + 1, leaving: true })
    expect(scene.hear({ ...former, clock: EPOCH + MINUTE + 1 })).toHaveLength(1)
  })

  test('keeps a few of the programs before it in mind, however many there were', () => {
    let last: Program | undefined
    for (let n = 0; n < 100; n++) {
      const body = { ...program(n) } as unknown as PresenceBody
      const message = { clock: EPOCH + n } as unknown as VerifiedMessage
      last = programFrom({ body, message, handedOn: false }, last)
    }
    expect(last?.former).toHaveLength(MAX_FORMER_PROGRAMS)
    expect(last?.formerClock).toBe(EPOCH + 98)
  })
})
