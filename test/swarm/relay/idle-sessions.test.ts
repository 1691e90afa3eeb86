import { expect, test } from 'vitest'
import { type RelaySessionState, whoMakesRoom } from '../../../src/swarm/relay/idle-sessions.js'

const PLACES = 8
let count = 0

/** One more session from this address, as a relay of so many places takes it in. */
function come(sessions: Map<number, RelaySessionState>, host: string): number {
  const gone = sessions.size < PLACES ? undefined : whoMakesRoom(sessions, host)
  if (gone !== undefined) sessions.delete(gone)
  if (sessions.size < PLACES) sessions.set(++count, { host, pairings: 0 })
  return count
}

test('who opens sessions all the time throws out none of somebody else', () => {
  const sessions = new Map<number, RelaySessionState>()
  const [one, other] = [come(sessions, '192.0.2.1'), come(sessions, '192.0.2.2')]
  for (let n = 0; n < 100; n++) come(sessions, '198.51.100.1')
  expect([sessions.has(one), sessions.has(other), sessions.size]).toEqual([true, true, PLACES])
})

test('who comes takes the place of one that relays nothing, of whoever has most of those', () => {
  const sessions = new Map<number, RelaySessionState>()
  const first = come(sessions, '192.0.2.1')
  const most = Array.from({ length: PLACES - 1 }, () => come(sessions, '198.51.100.1'))
  for (const each of most.slice(0, 3)) sessions.set(each, { host: '198.51.100.1', pairings: 1 })
  const last = come(sessions, '192.0.2.3')
  expect(most.filter(each => !sessions.has(each))).toEqual([most[3]])
  expect([sessions.has(first), sessions.has(last)]).toEqual([true, true])
})

test('of equals the one that has waited longest goes', () => {
  const sessions = new Map<number, RelaySessionState>()
  const all = Array.from({ length: PLACES }, (_, n) => come(sessions, `192.0.2.${n}`))
  come(sessions, '192.0.2.100')
  expect(all.filter(each => !sessions.has(each))).toEqual([all[0]])
})

test('nobody goes who has something carried', () => {
  const busy = new Map([[1, { host: '192.0.2.1', pairings: 1 }]])
  expect(whoMakesRoom(busy, '192.0.2.1')).toBe(undefined)
})
