import { expect, test } from 'vitest'
import { Writers } from '../../../src/protocol/chat/writers.js'
import type { Author } from '../../../src/protocol/history/author.js'
import type { Roster } from '../../../src/protocol/presence/roster.js'
import { Turn } from '../../../src/protocol/turn.js'
import { encodeTypingBody } from '../../../src/protocol/wire/bodies/typing.js'
import { KIND_TYPING } from '../../../src/protocol/wire/kinds.js'
import { type Peer, World } from '../../support/harness.js'
import { feedPushed, member, messageOf, numbered, presenceOf } from '../../support/hostile.js'

/** Members that have met. */
function room(...names: string[]) {
  const world = new World()
  const peers = names.map(name => world.join(name))
  world.introduce(...peers)
  world.run(5_000)
  return { world, peers }
}

const told = (peer: Peer) =>
  peer.events.flatMap(event => (event.type === 'typing' ? event.writing : []))

test('others hear that somebody writes, now and then, and that they no longer do', () => {
  const { peers, world } = room('ann', 'ben', 'cyd')
  const [ann, ben, cyd] = peers as [Peer, Peer, Peer]
  for (let key = 0; key < 70; key += 1) {
    ann.feed({ type: 'typing', writing: true })
    world.run(100)
  }
  expect([told(ben), told(cyd), told(ann)]).toEqual([[true, true, true], [true, true, true], []])
  for (let n = 0; n < 5; n += 1) ann.feed({ type: 'typing', writing: false })
  world.run(1_000)
  expect(told(ben)).toEqual([true, true, true, false])
  expect(ben.machine.history()).toEqual([])
  expect(ben.stored).toEqual([])
})

test('who has said it needs not say that they write no longer', () => {
  const { peers, world } = room('ann', 'ben')
  const [ann, ben] = peers as [Peer, Peer]
  ann.feed({ type: 'typing', writing: true })
  ann.feed({ type: 'say', text: 'hi' })
  ann.feed({ type: 'typing', writing: false })
  world.run(1_000)
  expect(told(ben)).toEqual([true])
})

test('who has said a line and writes the next one is told of at once', () => {
  const { peers, world } = room('ann', 'ben')
  const [ann, ben] = peers as [Peer, Peer]
  for (const text of ['one', 'two', 'three']) {
    ann.feed({ type: 'typing', writing: true })
    world.run(100)
    ann.feed({ type: 'say', text })
    world.run(100)
  }
  expect(told(ben)).toEqual([true, true, true])
})

test.each([
  [0, 0],
  [64, 1],
  [65, 0]
])('in a room of %i others, %i messages are sent', (otherCount, messages) => {
  const turn = new Turn()
  turn.begin(0, 0)
  const sent: unknown[] = []
  const roster = { otherCount } as unknown as Roster
  const author = { write: () => ({}) } as unknown as Author
  const parts = { turn, author, roster, observer: false }
  new Writers({ ...parts, publish: message => sent.push(message) }).say(true)
  expect(sent).toHaveLength(messages)
})

test('that somebody goes on writing is told every two seconds at most', () => {
  const world = new World()
  const ann = world.join('ann')
  const link = member(world, ann)
  const body = encodeTypingBody({ writing: true })
  feedPushed(ann, link, presenceOf('eve', {}, world.now))
  for (const [n, count] of [1, 1, 1, 2, 2].entries()) {
    const clock = world.now
    feedPushed(ann, link, messageOf('eve', { kind: KIND_TYPING, clock, body, nonce: numbered(n) }))
    expect(told(ann)).toHaveLength(count)
    world.run(700)
  }
})

test('a flood of one author is told at its pace; of who is not here, and of another time, nothing is', () => {
  const world = new World()
  const ann = world.join('ann')
  const link = member(world, ann)
  const put = (name: string, writing: boolean, n: number, clock = world.now) =>
    feedPushed(
      ann,
      link,
      messageOf(name, {
        kind: KIND_TYPING,
        clock,
        body: encodeTypingBody({ writing }),
        nonce: numbered(n)
      })
    )
  put('nobody', true, 1)
  put('eve', true, 2)
  expect(told(ann)).toEqual([])
  feedPushed(ann, link, presenceOf('eve', {}, world.now))
  put('eve', true, 3, world.now - 60_000)
  put('eve', false, 4)
  expect(told(ann)).toEqual([])
  for (let n = 0; n < 400; n += 1) {
    put('eve', n % 2 === 0, 10 + n)
    world.run(10)
  }
  expect(told(ann).length).toBeGreaterThan(0)
  expect(told(ann).length).toBeLessThanOrEqual(6)
})
