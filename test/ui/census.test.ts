import { expect, test } from 'vitest'
import type { IdentityKey, PeerKey } from '../../src/base/ids.js'
import type { Counted } from '../../src/room/census.js'
import { censusJson, censusLines } from '../../src/ui/census.js'

const device = (digit: string) => digit.repeat(64) as PeerKey
const gone: Counted = { device: device('1'), state: 'announced' }
const ada: Counted = {
  device: device('2'),
  state: 'verified',
  identity: 'a'.repeat(64) as IdentityKey,
  nick: 'a\u001bda'
}

test('an empty room says so', () => {
  expect(censusLines([])).toEqual(['Nobody is in the room.'])
})

test('the surest come first, with nick, short key and state', () => {
  expect(censusLines([gone, ada])).toEqual([
    'ada  aaaaaaaa  verified',
    '?  11111111  announced',
    '2 found: 1 verified, 1 announced'
  ])
})

test('programs get exact nicks, null for what is not known, and a summary', () => {
  const objects = censusJson([gone, ada])
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(objects).toEqual([
    { type: 'peer', identity: null, device: gone.device, nick: null, state: 'announced' },
    {
      type: 'peer',
      identity: ada.identity,
      device: ada.device,
      nick: 'a\u001bda',
      state: 'verified'
    },
    { type: 'summary', count: 2 }
  ])
})
