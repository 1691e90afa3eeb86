import { expect, test } from 'vitest'
import { PRESENCE_INTERVAL_MILLIS } from '../../src/protocol/config.js'
import { MAX_SEEN_IDS } from '../../src/protocol/history/tuning.js'
import { KIND_TYPING } from '../../src/protocol/wire/kinds.js'
import { INVISIBLE } from '../support/attacks.js'
import { type Peer, type Puppet, World } from '../support/harness.js'
import { feedPushed, member, messageOf, numbered, presenceOf } from '../support/hostile.js'
import { live } from '../support/one-honest-link.js'

// Invented members that come and go, so that it is forgotten who has left, and what that one said before brings it back.
// The attacker spends: 4,200 identities, seven links, and messages of them for a minute, within what a link may bring.
// The room suffers: nothing. Whoever has left is not shown as being here.

const EVES = 7
const INVENTED = 4_200

/** Pushes so much that nobody knows any more what was seen before. */
function floodSeen(world: World, bob: Peer, eves: readonly Puppet[]): void {
  for (let n = 0; n < MAX_SEEN_IDS; n++) {
    if (n % 80 === 79) world.run(50)
    const message = messageOf(`mal ${n % INVENTED}`, {
      kind: n % 2 === 0 ? INVISIBLE : KIND_TYPING,
      clock: world.now,
      nonce: numbered(n),
      body: new Uint8Array(1)
    })
    feedPushed(bob, eves[n % EVES] as Puppet, message)
  }
}

test.each([
  ['an honest link', false, false],
  ['a link of theirs', true, false],
  ['a link of theirs, which told of its coming first as well,', true, true]
])('do not bring back who has left, as %s told first', (_, isTheirs, isBefore) => {
  const world = new World(3)
  const bob = world.join('bob')
  const cyd = live(world, member(world, bob, 'cyd'), bob)
  const eves = Array.from({ length: EVES }, (_, n) =>
    live(world, member(world, bob, `eve ${n}`), bob)
  )
  world.run(70_000)
  const interval = 60 * PRESENCE_INTERVAL_MILLIS
  const said = presenceOf('ann', { interval }, world.now)
  const invent = (body = {}) => {
    for (let n = 0; n < INVENTED; n++)
      feedPushed(bob, eves[n % EVES] as Puppet, presenceOf(`mal ${n}`, body, world.now))
  }
  const isHere = () => bob.machine.members().some(({ nick }) => nick === 'ann')
  if (isBefore) {
    invent({ leaving: true })
    feedPushed(bob, eves[0] as Puppet, said)
  }
  feedPushed(bob, cyd, said)
  expect(isHere()).toBe(true)
  world.run(10_000)
  feedPushed(
    bob,
    isTheirs ? (eves[0] as Puppet) : cyd,
    presenceOf('ann', { interval, leaving: true }, world.now)
  )
  if (!isBefore) invent()
  floodSeen(world, bob, eves)
  world.run(40_000)
  expect(bob.machine.members()).toHaveLength(1)
  feedPushed(bob, eves[0] as Puppet, said)
  expect(isHere()).toBe(false)
})
