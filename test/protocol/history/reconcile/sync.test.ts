import { expect, test } from 'vitest'
import type { MessageId } from '../../../../src/base/ids.js'
import { FRESH_LINK_MILLIS, LINK_SERVE_RATE } from '../../../../src/protocol/config.js'
import type { Timer } from '../../../../src/protocol/events.js'
import { HistoryQueue } from '../../../../src/protocol/history/reconcile/history-queue.js'
import { Serving, type ServingParts } from '../../../../src/protocol/history/reconcile/serving.js'
import { Sync, type SyncParts } from '../../../../src/protocol/history/reconcile/sync.js'
import {
  HISTORY_TUNING,
  LINKS_SERVE_RATES,
  SERVE_PER_TURN
} from '../../../../src/protocol/history/tuning.js'
import { Link } from '../../../../src/protocol/links/link.js'
import type { Frame } from '../../../../src/protocol/wire/frames.js'
import { deviceOf, EPOCH } from '../../../support/harness.js'
import { textOf } from '../../../support/hostile.js'

test('an exchange ends with its link', () => {
  const sync = new Sync({ tuning: HISTORY_TUNING } as SyncParts)
  for (let n = 0; n < 100; n++) {
    const peer = deviceOf(`peer ${n}`)
    const options = { peer, handshakeHash: new Uint8Array(32), initiator: false }
    sync.linkUp(new Link(options, n, EPOCH))
    expect(sync.size).toBe(1)
    sync.linkDown(peer)
  }
  expect(sync.size).toBe(0)
})

/** A member that is asked for a history of so many messages, so long after all links came up. */
function serving(size: number, age: number) {
  const message = textOf('ann', 'hi', EPOCH)
  const sent = new Map<Link, number>()
  const send = (link: Link, { type }: Frame) => {
    if (type === 'stored') sent.set(link, (sent.get(link) ?? 0) + 1)
    if (type === 'ping') link.pings = 1
  }
  const turn = { now: EPOCH + age, timer: () => {} }
  const serving = new Serving({
    turn,
    links: { send },
    timeline: { size },
    recall: () => message,
    deletionOf: () => undefined,
    verifier: { hasTime: true, goOn: () => {} }
  } as unknown as ServingParts)
  /** How much of so many messages leaves at once for somebody who asks for these, again and again. */
  return (peer: string, ids: readonly MessageId[], times: number): number => {
    const options = { handshakeHash: new Uint8Array(32), initiator: false }
    const link = new Link({ ...options, peer: deviceOf(peer) }, 0, EPOCH)
    const queue = new HistoryQueue()
    for (let at = 0; at < times; at += 500) {
      queue.want(ids.length > 500 ? ids.slice(at, at + 500) : ids)
      // Next to no time passes, but each is another turn.
      for (let turns = 0; turns < 500 / SERVE_PER_TURN; turns++) {
        turn.now += 0.001
        serving.drain(link, queue)
      }
      queue.pong()
    }
    return sent.get(link) ?? 0
  }
}

const servedOf = (size: number, ids: readonly MessageId[]) =>
  serving(size, FRESH_LINK_MILLIS)('eve', ids, 200_000)

const ids = Array.from({ length: 100_000 }, (_, n) => `${n}` as MessageId)

test('who was away for 100,000 messages is sent them at once; who asks for some again and again, as many, and then slowly', () => {
  expect(servedOf(ids.length, ids)).toBe(ids.length)
  expect(servedOf(ids.length, ids.slice(0, 500))).toBeLessThan(ids.length + 1_000)
  expect(servedOf(1_000, ids.slice(0, 500))).toBeLessThan(LINK_SERVE_RATE.burst + 1_000)
})

test('whoever comes anew is sent some, whatever others who came just now were sent', () => {
  const serve = serving(ids.length, 0)
  for (let n = 0; n < 20; n++) serve(`eve ${n}`, ids, ids.length)
  const some = serve('bob', ids, 5_000)
  expect(some).toBeGreaterThanOrEqual(LINKS_SERVE_RATES.fresh.burst)
  expect(some).toBeLessThan(2 * LINKS_SERVE_RATES.fresh.burst)
})

test('of history, so much leaves in one turn for all links together, and the rest in the next one', () => {
  const message = textOf('ann', 'hi', EPOCH)
  const turn = {
    now: EPOCH + FRESH_LINK_MILLIS,
    timer: (after: number, timer: Timer) => timers.push({ after, timer })
  }
  const timers: { after: number; timer: Timer }[] = []
  const sent: Link[] = []
  const serving = new Serving({
    turn,
    links: { send: (link: Link) => sent.push(link) },
    timeline: { size: 10_000 },
    recall: () => message,
    deletionOf: () => undefined,
    verifier: { hasTime: true, goOn: () => {} }
  } as unknown as ServingParts)
  const links = ['eve', 'dan'].map((name, n) => {
    const options = { peer: deviceOf(name), handshakeHash: new Uint8Array(32), initiator: false }
    return { link: new Link(options, n, EPOCH), queue: new HistoryQueue() }
  })
  const drainAll = () =>
    serving.drainAll(
      links.map(({ link }) => link),
      link => links.find(each => each.link === link)?.queue
    )
  for (const { queue } of links)
    queue.want(Array.from({ length: 2 * SERVE_PER_TURN }, (_, n) => `${n}` as MessageId))
  drainAll()
  expect(sent).toHaveLength(SERVE_PER_TURN)
  const at = turn.now
  expect(timers).toEqual([{ after: 0, timer: { name: 'serve', at } }])
  expect(serving.resumed(at)).toBe(true)
  drainAll()
  expect(sent).toHaveLength(2 * SERVE_PER_TURN)
  // Not always the same link first.
  expect(new Set(sent).size).toBe(2)
  expect(serving.resumed(at - 1)).toBe(false)
})
