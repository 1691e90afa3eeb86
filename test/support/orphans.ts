import { expect } from 'vitest'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import { type Peer, type Puppet, World } from './harness.js'
import { feedStored, guest, messageOf, numbered } from './hostile.js'

/** Stored and passed on, and shown to nobody. */
const INVISIBLE = 77
const LINKS = 8
const IDENTITIES = 40

/** So many messages that name a parent which is not here, spread over many identities. */
function* orphans(
  count: number,
  parent: VerifiedMessage['id'],
  clock: number
): Generator<VerifiedMessage> {
  for (let n = 0; n < count; n++) {
    const draft = { kind: INVISIBLE, clock: clock + n, parents: [parent], nonce: numbered(n) }
    yield messageOf(`mallory ${n % IDENTITIES}`, draft)
  }
}

function attack(world: World, ann: Peer, parent: VerifiedMessage, count: number): void {
  const eves = Array.from({ length: LINKS }, (_, n) => guest(world, ann, `eve ${n}`))
  let turn = 0
  for (const orphan of orphans(count, parent.id, world.now)) {
    feedStored(ann, eves[turn++ % LINKS] as Puppet, orphan)
  }
  feedStored(ann, eves[0] as Puppet, parent)
}

/** So many children of one absent parent, which then comes, end nobody: the room goes on. */
export function surviveOrphans(count: number): void {
  const world = new World()
  const [ann, bob] = world.joinAll('ann', 'bob') as [Peer, Peer]
  world.run(11 * 60_000)
  ann.say('mine')
  const mine = ann.stored.at(-1) as VerifiedMessage
  const parent = messageOf('mallory', {
    kind: INVISIBLE,
    clock: world.now + count,
    parents: [mine.id]
  })
  attack(world, ann, parent, count)
  world.run(2_000)
  bob.say('still here')
  world.run(2_000)
  expect(ann.texts()).toContain('still here')
  expect(ann.of('receipt').map(({ id }) => id)).toContain(mine.id)
}
