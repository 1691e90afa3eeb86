import { expect, test } from 'vitest'
import type { Millis } from '../../../src/base/time.js'
import { FRESH_LINK_MILLIS } from '../../../src/protocol/config.js'
import type { Heard } from '../../../src/protocol/presence/heard.js'
import { COMMON, ONCE_LINKED } from '../../../src/protocol/presence/teller-shares.js'
import { Tellers } from '../../../src/protocol/presence/tellers.js'
import { identityOf } from '../../support/harness.js'

const [ann, bob, cyd, eve, fay] = ['ann', 'bob', 'cyd', 'eve', 'fay'].map(identityOf) as [
  never,
  never,
  never,
  never,
  never
]

interface How {
  readonly toldTwice?: boolean
  readonly isFresh?: boolean
}

function told(author: string, teller: string, how: How = {}): Heard {
  return { message: { author: identityOf(author) }, teller: identityOf(teller), ...how } as Heard
}

/** Where there is room for so many, who hears of members with a device each. */
function scene(max = 1_000) {
  const tellers = new Tellers(max)
  const known = new Set<string>()
  const hear = (author: string, teller: string, how?: How, now: Millis = 0) => {
    tellers.told(told(author, teller, how), !known.has(author), now)
    if (!known.has(author)) tellers.weigh(identityOf(author), 1)
    known.add(author)
  }
  const hearMany = (name: string, count: number, teller: string, how?: How) => {
    for (let n = 0; n < count; n++) hear(`${name} ${n}`, teller, how)
  }
  const payerOf = (name: string, now: Millis = 0) => tellers.payerOf(identityOf(name), now)
  return { hear, hearMany, payerOf, tellers }
}

test('whom a second link tells of is hearsay no longer', () => {
  const { hear, tellers } = scene()
  for (const name of ['ann', 'bob', 'gus']) hear(name, 'eve')
  hear('gus', 'fay')
  expect([ann, bob, identityOf('gus')].map(each => tellers.isHearsay(each))).toEqual([
    true,
    true,
    false
  ])
  expect(tellers.leastFor(told('hal', 'hal'))).toBe(bob)
  for (const each of [ann, bob]) tellers.forget(each)
  expect(tellers.leastFor(told('hal', 'hal'))).toBe(identityOf('gus'))
})

test('who was confirmed, went and came back by one link alone is hearsay again', () => {
  const { tellers } = scene()
  tellers.told(told('ann', 'eve'), true, 0)
  tellers.told(told('ann', 'fay'), false, 0)
  expect(tellers.isHearsay(ann)).toBe(false)
  tellers.forget(ann)
  tellers.told(told('ann', 'fay'), true, 0)
  expect(tellers.isHearsay(ann)).toBe(true)
})

test('the same link that repeats itself confirms nobody, also when it is no longer fresh', () => {
  const { hear, payerOf, tellers } = scene()
  hear('ann', 'eve', { isFresh: true })
  hear('bob', 'eve', { isFresh: true })
  expect(payerOf('ann')).toBe(COMMON)
  hear('ann', 'eve')
  expect(payerOf('ann')).toBe(eve)
  expect(tellers.isHearsay(ann)).toBe(true)
})

test('who tells of itself, or is told of by two at once, is none', () => {
  const { hear, tellers } = scene()
  hear('eve', 'eve')
  hear('fay', 'eve', { toldTwice: true })
  expect([eve, fay].map(each => tellers.isHearsay(each))).toEqual([false, false])
})

test('the newest of the largest share goes, for nobody of that share, nor of one that would be as large', () => {
  const { hear, hearMany, tellers } = scene()
  hearMany('ghost', 3, 'eve')
  hear('gus', 'fay')
  expect(tellers.leastFor(told('cyd', 'bob'))).toBe(identityOf('ghost 2'))
  expect(tellers.leastFor(told('cyd', 'fay'))).toBe(identityOf('ghost 2'))
  expect(tellers.leastFor(told('cyd', 'eve'))).toBeUndefined()
  hear('hal', 'fay')
  expect(tellers.leastFor(told('cyd', 'fay'))).toBeUndefined()
})

test('who came before others stays before them, whoever is charged, and whatever link it had since', () => {
  const { hear, hearMany, payerOf, tellers } = scene()
  for (const name of ['ann', 'bob', 'dan']) hear(name, 'cyd')
  hearMany('ghost', 9, 'cyd', { toldTwice: true })
  hear('ann', 'eve')
  expect(payerOf('ann')).toBe(eve)
  tellers.linkUp(eve, 0)
  tellers.linkDown(eve, 0, 0)
  tellers.linkUp(bob, 0)
  tellers.linkDown(bob, 1, 0)
  hear('bob', 'cyd')
  for (let n = 8; n >= 0; n--) {
    expect(tellers.leastFor(told('hal', 'hal'))).toBe(identityOf(`ghost ${n}`))
    tellers.forget(identityOf(`ghost ${n}`))
  }
})

test('two that vouch for each other have their shares, however many vouch', () => {
  const { hear, hearMany, tellers } = scene()
  hear('dan', 'cyd')
  hearMany('ghost', 20, 'eve')
  hearMany('ghost', 20, 'fay')
  expect(tellers.leastFor(told('hal', 'cyd'))).toBe(identityOf('ghost 19'))
})

test('whoever is told of by a link with a smaller share is charged to that one, and to no larger one', () => {
  const { hear, hearMany, payerOf } = scene()
  hearMany('ghost', 9, 'eve')
  hear('dan', 'eve')
  hear('dan', 'cyd')
  expect(payerOf('dan')).toBe(cyd)
  hear('dan', 'eve')
  expect(payerOf('dan')).toBe(cyd)
})

test('nobody is charged anew to a share that has more than its part', () => {
  const { hearMany, payerOf } = scene(60)
  hearMany('ghost', 25, 'fay')
  hearMany('other ghost', 40, 'eve')
  hearMany('other ghost', 40, 'fay')
  expect(payerOf('other ghost 0')).toBe(eve)
})

test('links that are gone have one share: whoever comes again and again under other names makes no honest one look large', () => {
  const { hear, hearMany, tellers } = scene()
  hearMany('member', 8, 'cyd')
  for (let n = 0; n < 5; n++) {
    hearMany(`ghost of ${n}`, 5, `eve ${n}`)
    tellers.linkDown(identityOf(`eve ${n}`), 0, 0)
    tellers.linkUp(identityOf(`eve ${n}`), 0)
    tellers.linkDown(identityOf(`eve ${n}`), 0, 0)
  }
  hear('dan', 'dan')
  expect(tellers.leastFor(told('hal', 'hal'))).toBe(identityOf('ghost of 4 4'))
})

test('whose link is gone keeps its members in the order in which it told of them', () => {
  const { hear, hearMany, payerOf, tellers } = scene()
  hearMany('member', 2, 'cyd')
  hearMany('ghost', 9, 'eve')
  for (const name of ['eve', 'cyd']) {
    tellers.linkUp(identityOf(name), 0)
    tellers.linkDown(identityOf(name), 0, 0)
  }
  expect(payerOf('member 1')).toBe(COMMON)
  expect(tellers.leastFor(told('hal', 'hal'))).toBe(identityOf('ghost 8'))
  hear('member 1', 'fay')
  expect(payerOf('member 1')).toBe(fay)
})

test('whoever was charged to a link that goes is charged to another one that has told of it', () => {
  const { hear, hearMany, payerOf, tellers } = scene()
  hearMany('member', 5, 'cyd')
  tellers.linkUp(eve, 0)
  hear('member 1', 'eve')
  hear('nobody', 'eve')
  expect(payerOf('member 1')).toBe(eve)
  tellers.linkDown(eve, 0, 0)
  expect(payerOf('member 1')).toBe(cyd)
  expect(payerOf('nobody')).toBe(COMMON)
})

test('who has a link does not go; once that is gone after a minute it is with others like it', () => {
  const { hear, payerOf, tellers } = scene()
  tellers.linkUp(ann, 0)
  hear('ann', 'ann')
  hear('ann', 'eve')
  expect(tellers.leastFor(told('hal', 'hal'))).toBeUndefined()
  expect(payerOf('ann', FRESH_LINK_MILLIS - 1)).toBe(ann)
  tellers.linkDown(ann, 1, FRESH_LINK_MILLIS)
  expect(payerOf('ann')).toBe(ONCE_LINKED)
  expect(tellers.leastFor(told('hal', 'hal'))).toBe(ann)
})

test('each device counts: with sixteen a member takes as much as sixteen with one', () => {
  const { hear, hearMany, tellers } = scene()
  hearMany('member', 5, 'cyd')
  hear('ann', 'eve')
  tellers.weigh(ann, 15)
  expect(tellers.leastFor(told('hal', 'cyd'))).toBe(ann)
  tellers.weigh(ann, -14)
  expect(tellers.leastFor(told('hal', 'hal'))).toBe(identityOf('member 4'))
})

test('those come first who have a link, then those of whom more than one has told, then one of each link in turn', () => {
  const { hear, tellers } = scene()
  for (const name of ['ghost 1', 'ghost 2', 'ghost 3', 'ann']) hear(name, 'eve')
  hear('bob', 'fay')
  hear('gus', 'gus')
  hear('ann', 'fay')
  const names = ['gus', 'ann', 'ghost 1', 'bob', 'ghost 2', 'ghost 3']
  expect([...tellers.trustedFirst()]).toEqual(names.map(identityOf))
  tellers.linkDown(identityOf('gus'), 0, 0)
  tellers.forget(identityOf('ghost 1'))
  expect([...tellers.trustedFirst()]).toEqual(['ann', 'ghost 2', 'bob', 'ghost 3'].map(identityOf))
})
