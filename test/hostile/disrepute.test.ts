import { describe, expect, test } from 'vitest'
import { encodeDeletionBody } from '../../src/protocol/wire/bodies/deletion.js'
import { encodeTextBody } from '../../src/protocol/wire/bodies/text.js'
import { KIND_DELETION } from '../../src/protocol/wire/kinds.js'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import { feedPushed, messageOf, numbered, textOf } from '../support/hostile.js'
import { linesOf, live, oneHonestLink, pruneHonest } from '../support/one-honest-link.js'

// An honest neighbour that announces lines is asked for them in time, whatever others do about its good name.
// The attacker spends: messages that an honest member announces and cannot send any more when it is asked for them; and ids. The room suffers: nothing. Every line is there in time.

/** Every line is everywhere within this, in ms. */
const ARRIVES_MILLIS = 2_000

describe('an honest neighbour whose link is not of the tree', () => {
  test('is asked for lines though it was flooded with more than it may send', () => {
    const all = oneHonestLink()
    pruneHonest(all)
    const { ann, bob, mal, world } = all
    const body = encodeTextBody({ nick: 'mal', text: 'x'.repeat(8_000) })
    const flood = Array.from({ length: 490 }, (_, n) =>
      messageOf(`mal ${n % 20}`, { clock: world.now, body, nonce: numbered(n) })
    )
    mal.onframe = (_, frame) => {
      const ids = frame.type === 'want' ? frame.ids : []
      for (const { id, sealed } of flood)
        if (ids.includes(id)) mal.send(bob.device, { type: 'stored', sealed })
    }
    mal.send(bob.device, { type: 'offer', ids: flood.map(({ id }) => id) })
    world.run(3_000)
    live(world, mal, bob)
    expect(ann.stored.length).toBeGreaterThan(490)
    expect(Math.max(...linesOf(all))).toBeLessThan(ARRIVES_MILLIS)
  })

  test('is asked for lines though what it announced was taken back', () => {
    const all = oneHonestLink()
    const { bob, mal, world } = all
    for (let round = 0; round < 5; round++) {
      pruneHonest(all)
      const lines = Array.from({ length: 192 }, (_, n) => textOf('mal', `${n}`, world.now))
      for (const line of lines) feedPushed(bob, mal, line)
      world.run(700)
      for (let at = 0; at < lines.length; at += 64) {
        const targets = lines.slice(at, at + 64).map(({ id }) => id)
        const body = encodeDeletionBody({ targets })
        const how = { kind: KIND_DELETION, clock: world.now, nonce: numbered(at) }
        feedPushed(bob, mal, messageOf('mal', { ...how, body }))
      }
      world.run(3_000)
    }
    expect(Math.max(...linesOf(all))).toBeLessThan(ARRIVES_MILLIS)
  })

  test('is soon asked for what six others announced first and do not send', () => {
    const all = oneHonestLink(5)
    const announce = ({ id }: VerifiedMessage) => {
      for (const eve of all.eves)
        eve.send(all.ann.device, { type: 'ihave', entries: [{ id, hops: 0 }] })
    }
    expect(Math.max(...linesOf(all, announce))).toBeLessThan(ARRIVES_MILLIS)
  })
})
