import { expect, test } from 'vitest'
import { FairPlaces } from '../../src/pipe/fair-places.js'

test('one key takes all places as long as nobody else wants them, and then gives way, the oldest first', () => {
  const places = new FairPlaces<string>(4)
  for (const item of ['e1', 'e2', 'e3', 'e4']) places.add('eve', item)
  expect(places.isFull).toBe(true)
  expect(places.whatGoesFor('eve')).toBeUndefined()
  for (const [item, goes] of [
    ['a1', 'e1'],
    ['a2', 'e2']
  ] as const) {
    expect(places.whatGoesFor('ann')).toEqual({ key: 'eve', item: goes })
    expect(places.delete('eve', goes)).toBe(true)
    places.add('ann', item)
  }
  expect(places.whatGoesFor('ann')).toBeUndefined()
  expect(places.whatGoesFor('bob')).toEqual({ key: 'eve', item: 'e3' })
  expect(places.delete('eve', 'e1')).toBe(false)
  expect([...places.all()].sort()).toEqual(['a1', 'a2', 'e3', 'e4'])
  expect(places.countOf('eve')).toBe(2)
})
