import { expect, test } from 'vitest'
import type { Heard } from '../../../src/protocol/presence/heard.js'
import { Hearsay } from '../../../src/protocol/presence/hearsay.js'
import { identityOf } from '../../support/harness.js'

const [ann, bob, eve, fay] = ['ann', 'bob', 'eve', 'fay'].map(identityOf) as [
  never,
  never,
  never,
  never
]

function told(author: string, teller: string, toldTwice = false): Heard {
  return { message: { author: identityOf(author) }, teller: identityOf(teller), toldTwice } as Heard
}

test('whom a second link tells of is hearsay no longer, and goes for nobody', () => {
  const hearsay = new Hearsay()
  hearsay.note(told('ann', 'eve'), true)
  hearsay.note(told('bob', 'eve'), true)
  hearsay.note(told('bob', 'fay'), false)
  expect(hearsay.has(bob)).toBe(false)
  expect(hearsay.has(ann)).toBe(true)
  expect(hearsay.least(told('cyd', 'fay'))).toBe(ann)
})

test('who was confirmed, went and came back by one link alone is hearsay again', () => {
  const hearsay = new Hearsay()
  hearsay.note(told('ann', 'eve'), true)
  hearsay.confirm(ann)
  expect(hearsay.has(ann)).toBe(false)
  expect(hearsay.least(told('cyd', 'fay'))).toBeUndefined()
  hearsay.note(told('ann', 'fay'), true)
  expect(hearsay.least(told('cyd', 'eve'))).toBe(ann)
})

test('the same link that repeats itself confirms nobody', () => {
  const hearsay = new Hearsay()
  hearsay.note(told('ann', 'eve'), true)
  hearsay.note(told('ann', 'eve'), false)
  expect(hearsay.has(ann)).toBe(true)
})

test('who tells of itself, or is told of by two at once, is none', () => {
  const hearsay = new Hearsay()
  hearsay.note(told('eve', 'eve'), true)
  hearsay.note(told('fay', 'eve', true), true)
  expect([eve, fay].map(each => hearsay.has(each))).toEqual([false, false])
})

test('the newest of the link that told of most goes, and not for one of its own', () => {
  const hearsay = new Hearsay()
  hearsay.note(told('ann', 'eve'), true)
  hearsay.note(told('bob', 'eve'), true)
  hearsay.note(told('gus', 'fay'), true)
  expect(hearsay.least(told('cyd', 'fay'))).toBe(bob)
  expect(hearsay.least(told('cyd', 'eve'))).toBeUndefined()
  expect(hearsay.least(told('cyd', 'eve', true))).toBe(bob)
})

test('those come first of whom more than one link has told, then one of each link in turn', () => {
  const hearsay = new Hearsay()
  for (const name of ['ghost 1', 'ghost 2', 'ghost 3', 'ann']) hearsay.note(told(name, 'eve'), true)
  hearsay.note(told('bob', 'fay'), true)
  hearsay.note(told('gus', 'gus'), true)
  hearsay.confirm(ann)
  const names = ['gus', 'ann', 'ghost 1', 'bob', 'ghost 2', 'ghost 3']
  expect([...hearsay.trustedFirst()]).toEqual(names.map(identityOf))
  hearsay.forget(identityOf('gus'))
  hearsay.forget(identityOf('ghost 1'))
  expect([...hearsay.trustedFirst()]).toEqual(['ann', 'ghost 2', 'bob', 'ghost 3'].map(identityOf))
})
