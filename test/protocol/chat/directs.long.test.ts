import { expect, test } from 'vitest'
import { idToBytes } from '../../../src/base/ids.js'
import { directKey, openDirect } from '../../../src/protocol/access/direct.js'
import { KIND_DIRECT } from '../../../src/protocol/wire/kinds.js'
import { keysOf, type Peer, TOPIC, World } from '../../support/harness.js'

const directsOf = (peer: Peer) => peer.of('direct').map(({ message }) => message)
const textsOf = (peer: Peer) => directsOf(peer).map(({ text }) => text)
const writes = (peer: Peer, to: Peer, text: string) =>
  peer.feed({ type: 'direct', to: to.identity, text })

test('words for one member reach that one and nobody else, among 50 who watch', () => {
  const watchers = Array.from({ length: 50 }, (_, at) => `watcher ${at}`)
  const world = new World()
  const peers = world.joinAll('ann', 'bob', 'eve', ...watchers)
  world.run(15_000)
  const [ann, bob, eve, ...others] = peers as [Peer, Peer, Peer, ...Peer[]]
  writes(ann, bob, 'for bob')
  writes(ann, eve, 'for eve, and longer')
  world.run(30_000)
  expect(directsOf(bob)).toMatchObject([
    { from: ann.identity, to: bob.identity, nick: 'ann', text: 'for bob', history: false }
  ])
  expect(textsOf(ann)).toEqual(['for bob', 'for eve, and longer'])
  expect(textsOf(eve)).toEqual(['for eve, and longer'])
  for (const other of others) {
    expect(directsOf(other)).toEqual([])
    expect(other.texts()).toEqual([])
  }
  const [first, second] = ann.stored.filter(({ kind }) => kind === KIND_DIRECT)
  if (!first?.body || !second?.body) throw new Error('they are not there')
  // Everybody carries both, and can tell neither from the other but by the bytes.
  const carried = others.filter(({ stored }) => stored.some(({ id }) => id === first.id))
  expect(carried).toHaveLength(50)
  expect(first.body.byteLength).toBe(second.body.byteLength)
  const ids = [ann, bob, eve].map(({ identity }) => idToBytes(identity))
  for (const other of others) {
    const own = keysOf(`identity ${watchers[others.indexOf(other)]}`)
    for (const identity of ids) {
      const key = directKey(own, identity, TOPIC)
      expect(key && openDirect(first.body, key)).toBeUndefined()
    }
  }
})
