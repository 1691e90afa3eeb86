import { describe, expect, test } from 'vitest'
import type { Millis } from '../../../src/base/time.js'
import { FRESH_LINK_MILLIS } from '../../../src/protocol/config.js'
import { Claims } from '../../../src/protocol/presence/claims.js'
import { Departed } from '../../../src/protocol/presence/departed.js'
import type { Heard } from '../../../src/protocol/presence/heard.js'
import type { Program } from '../../../src/protocol/presence/program.js'
import { Tellers } from '../../../src/protocol/presence/tellers.js'
import { deviceOf, EPOCH, identityOf } from '../../support/harness.js'

const MAX = 20
const PROGRAM: Program = { instance: '00', clock: EPOCH, formerClock: -1, former: [] }

/** Where so few are remembered; `come` and `leave`: over whose link that was told. */
function scene() {
  const [claims, tellers] = [new Claims(), new Tellers(1_000)]
  const departed = new Departed(MAX, tellers, claims)
  const come = (name: string, teller: string) => {
    const message = { author: identityOf(name) }
    tellers.told({ message, teller: identityOf(teller) } as Heard, true, 0)
    tellers.weigh(identityOf(name), 1)
  }
  const vouch = (name: string, teller: string) =>
    tellers.vouch(identityOf(name), { teller: identityOf(teller) })
  const leave = (name: string, teller: string, now: Millis = 0, device = name) => {
    const told = { teller: identityOf(teller) }
    departed.add(identityOf(name), deviceOf(device), PROGRAM, now, told)
    tellers.forget(identityOf(name))
  }
  const leaveMany = (name: string, teller: string, now: Millis = 0) => {
    for (let n = 0; n <= MAX; n++) leave(`${name} ${n}`, teller, now)
  }
  const link = (name: string) => {
    claims.prove(deviceOf(name), identityOf(name))
    tellers.linkUp(identityOf(name), 0)
  }
  const unlink = (name: string, now: Millis) => {
    tellers.linkDown(identityOf(name), 0, now)
    departed.linkDown(identityOf(name))
  }
  const knows = (name: string, device = name) =>
    departed.get(`${identityOf(name)}/${deviceOf(device)}`) !== undefined
  return { come, knows, leave, leaveMany, link, unlink, vouch }
}

describe('who has left is remembered', () => {
  test('for whoever told of it while it was here, whoever says first that it has left', () => {
    const { come, knows, leave, leaveMany } = scene()
    come('ann', 'cyd')
    leave('ann', 'eve')
    leaveMany('ghost', 'eve')
    expect(knows('ann')).toBe(true)
  })

  test.each([
    ['before', true],
    ['after', false]
  ])('if one honest link has told of it, however many others tell of %s', (_, isBefore) => {
    const { come, knows, leave, leaveMany, vouch } = scene()
    const fill = () => {
      for (const name of ['eve', 'mal']) leaveMany(`ghost of ${name}`, name)
    }
    if (isBefore) fill()
    come('ann', 'eve')
    for (const name of ['cyd', 'mal']) vouch('ann', name)
    leave('ann', 'mal')
    if (!isBefore) fill()
    expect(knows('ann')).toBe(true)
  })

  test('for another one who has told of it if the link of whoever was charged with it goes', () => {
    const { come, knows, leave, leaveMany, link, unlink, vouch } = scene()
    for (const name of ['eve', 'mal']) link(name)
    leaveMany('ghost', 'eve')
    unlink('eve', 0)
    come('bob', 'cyd')
    leave('bob', 'cyd')
    come('ann', 'cyd')
    vouch('ann', 'mal')
    leave('ann', 'mal')
    unlink('mal', 0)
    leaveMany('other ghost', 'ivy')
    expect(knows('ann')).toBe(true)
  })

  test('for the same one as before if somebody says so again', () => {
    const { come, knows, leave, leaveMany } = scene()
    come('ann', 'cyd')
    leave('ann', 'cyd')
    leaveMany('ghost', 'eve')
    leave('ann', 'eve')
    leaveMany('other ghost', 'eve')
    expect(knows('ann')).toBe(true)
  })

  test('though its teller is gone since, and those of many links that are gone left later', () => {
    const { come, knows, leave, leaveMany, link, unlink } = scene()
    link('cyd')
    come('ann', 'cyd')
    leave('ann', 'cyd')
    unlink('cyd', 0)
    for (const name of ['eve', 'mal', 'ivy']) {
      link(name)
      leaveMany(`ghost of ${name}`, name)
      unlink(name, 0)
    }
    expect(knows('ann')).toBe(true)
  })

  test('if it had a link for a minute, whatever those of links that are gone have filled before', () => {
    const { knows, leave, leaveMany, link, unlink } = scene()
    for (const name of ['eve', 'mal']) link(name)
    link('bob')
    for (const name of ['eve', 'mal']) {
      leaveMany(`ghost of ${name}`, name)
      unlink(name, 0)
    }
    leave('bob', 'bob', FRESH_LINK_MILLIS)
    leave('bob', 'bob', FRESH_LINK_MILLIS, 'not proved')
    unlink('bob', FRESH_LINK_MILLIS)
    leaveMany('more', 'eve')
    expect(knows('bob')).toBe(true)
    expect(knows('bob', 'not proved')).toBe(false)
  })

  test('and makes room once nothing is taken any more that was said before', () => {
    const { knows, leave, leaveMany } = scene()
    leaveMany('ghost', 'eve')
    leave('ann', 'eve', 25 * 60_000)
    expect(knows('ann')).toBe(false)
    leave('ann', 'eve', 25 * 60_000 + 1)
    expect(knows('ann')).toBe(true)
  })
})
