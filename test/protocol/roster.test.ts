import { describe, expect, test } from 'vitest'
import type { PresenceBody } from '../../src/protocol/bodies.js'
import { MAX_DEVICES_PER_IDENTITY, MAX_PRESENCE_AGE_MILLIS } from '../../src/protocol/config.js'
import type { RelayKey } from '../../src/protocol/ids.js'
import type { VerifiedMessage } from '../../src/protocol/message.js'
import { Roster } from '../../src/protocol/roster.js'
import { deviceOf, EPOCH, identityOf } from '../support/harness.js'

interface Fields extends Partial<PresenceBody> {
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

  hear({ clock, handedOn = false, on, who = 'bob', ...body }: Fields = {}) {
    const full = { leaving: false, bot: false, interval: 3_000, nick: who, ...body }
    const message = { author: identityOf(who), clock: clock ?? ++this.#clock, parents: [] }
    return this.roster.hear(
      {
        message: message as unknown as VerifiedMessage,
        body: { ...full, device: deviceOf(on ?? who) },
        handedOn
      },
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

  test('a silent device is gone after 2.5 of its intervals, and a bit', () => {
    const scene = new Scene()
    scene.hear({ interval: 4_000 })
    expect(scene.pass(10_500)).toEqual([])
    expect(scene.pass(1)).toEqual([{ type: 'leave', identity: bob, nick: 'bob' }])
    expect(scene.hear()).toEqual([{ type: 'join', identity: bob, nick: 'bob' }])
  })

  test('what a neighbour handed on lives one interval less', () => {
    const scene = new Scene()
    scene.hear({ interval: 4_000, handedOn: true })
    expect(scene.pass(6_500)).toEqual([])
    expect(scene.pass(1)).toHaveLength(1)
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
    scene.now += 3_600
    expect(scene.roster.toHandOn(9, scene.now)).toHaveLength(0)
  })

  test('an interval beyond an hour counts as an hour, and none as 3 s', () => {
    const scene = new Scene()
    scene.hear({ who: 'bob', interval: 2 ** 32 - 1 })
    scene.hear({ who: 'cyd', interval: 0 })
    expect(scene.pass(8_000)).toEqual([])
    expect(scene.pass(1)).toHaveLength(1)
    expect(scene.pass(9_000_500)).toHaveLength(1)
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
    expect(scene.roster.nickOf(bob)).toBe('bob')
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
