import { describe, expect, test } from 'vitest'
import type { IdentityKey } from '../../../src/base/ids.js'
import {
  MAX_HELD_CHARACTERS,
  MAX_HELD_REQUESTS,
  MAX_REQUESTERS
} from '../../../src/protocol/chat/tuning.js'
import { type Bearer, WaitingRequests } from '../../../src/protocol/chat/waiting-requests.js'
import type { DirectMessage } from '../../../src/protocol/said.js'
import { idOf } from '../../support/reconcile.js'

const who = (name: string) => name as IdentityKey

function words(name: string, text = 'hi'): DirectMessage {
  const said = { id: idOf(1), nick: name, text, time: 0, history: false }
  return { ...said, from: who(name), to: who('ann'), isRequest: false }
}

/** What waits, and what brings it: each author is known since it was heard, unless told otherwise. */
function scene() {
  const waiting = new WaitingRequests()
  const bring = (name: string, bearer: string, now: number, since = now) =>
    waiting.add(words(name), { bearer: bearer as Bearer, since }, now)
  const names = () => waiting.list().map(({ identity }) => identity)
  return { waiting, bring, names }
}

describe('strangers whose words wait', () => {
  test('are next by turns of who brings them, each with whom it is known longest', () => {
    const { bring, names, waiting } = scene()
    bring('eve 1', 'eve', 1)
    bring('eve 2', 'eve', 2, 0)
    bring('eve 3', 'eve', 3)
    bring('cid', 'bob', 4)
    expect(names()).toEqual(['eve 2', 'cid', 'eve 1', 'eve 3'])
    const shown = [5, 6, 7, 8].map(now => waiting.takeNext(now)?.from)
    expect(shown).toEqual(['eve 2', 'cid', 'eve 1', 'eve 3'])
    expect(waiting.hasNext).toBe(false)
    expect(waiting.takeNext(9)).toBeUndefined()
  })

  test('have their turn though new links bring others all the time', () => {
    const { bring, waiting } = scene()
    for (let n = 0; n < 3; n++) bring(`old ${n}`, `link ${n}`, n)
    bring('cid', 'bob', 10)
    const shown = Array.from({ length: 4 }, (_, n) => {
      bring(`late ${n}`, `new link ${n}`, 11 + n, 0)
      return waiting.takeNext(20 + n)?.from
    })
    expect(shown).toContain('cid')
  })

  test('are so many, and of too many the bearer that brought most loses the last one', () => {
    const { bring, names, waiting } = scene()
    bring('cid', 'bob', 0)
    for (let n = 0; n < 2 * MAX_REQUESTERS; n++) bring(`eve ${n}`, 'eve', 1 + n)
    expect(names()).toHaveLength(MAX_REQUESTERS)
    expect(names().slice(0, 2)).toEqual(['cid', 'eve 0'])
    expect(bring('eve, too', 'eve', 9_999)).toBeUndefined()
    expect(bring('dan', 'dan', 9_999)?.identity).toBe('dan')
    expect(waiting.people).toBe(MAX_REQUESTERS)
  })

  test('have so many words each, of which one is shown first, and the rest once', () => {
    const { bring, waiting } = scene()
    for (let n = 0; n < 2 * MAX_HELD_REQUESTS; n++) bring('eve', 'eve', n)
    expect(waiting.takeNext(99)?.text).toBe('hi')
    bring('eve', 'eve', 100)
    expect(waiting.hasNext).toBe(false)
    expect(waiting.take(who('eve'))).toHaveLength(MAX_HELD_REQUESTS)
    expect(waiting.list()).toEqual([])
    const long = 'x'.repeat(MAX_HELD_CHARACTERS)
    for (const text of [long, long, 'last'])
      waiting.add(words('eve', text), { bearer: 'kept', since: 0 }, 0)
    expect(waiting.take(who('eve')).map(({ text }) => text)).toEqual(['last'])
  })
})
