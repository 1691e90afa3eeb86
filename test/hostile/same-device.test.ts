import { describe, expect, test } from 'vitest'
import { INSTANCE_BYTES } from '../../src/protocol/config.js'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import { deviceOf, EPOCH, World } from '../support/harness.js'
import { member, presenceOf } from '../support/hostile.js'

// A device key belongs to one running program at a time.
// The attacker spends: one link, and a frame for each try; he has kept everything that ann ever said.
// The room suffers nothing: ann gives her key up only if her own identity, now, says that another program has it.

const numbered = (n: number) => new Uint8Array(INSTANCE_BYTES).fill(n)

/** What ann is told when eve hands her this, 5 s after she came. */
function told(messages: readonly VerifiedMessage[], instance?: Uint8Array) {
  const world = new World()
  const ann = world.join('ann', instance && { instance })
  const eve = member(world, ann)
  world.run(5_000)
  for (const { sealed } of messages) {
    eve.send(ann.device, { type: 'message', hops: 0, sealed })
    world.run(100)
  }
  return ann.of('device-taken')
}

describe('a device key', () => {
  test('that another running program uses is given up, once', () => {
    const twin = [1, 2, 3].map(n => presenceOf('ann', { instance: numbered(2) }, EPOCH + n * 1_000))
    expect(told(twin, numbered(1))).toEqual([{ type: 'device-taken' }])
  })

  test.each([
    ['a replay of who had it before', presenceOf('ann', { instance: numbered(2) }, EPOCH - 1)],
    ['an echo', presenceOf('ann', { instance: numbered(1) }, EPOCH + 1_000)],
    ['a presence without a number', presenceOf('ann', {}, EPOCH + 1_000)],
    [
      'somebody else who names it',
      presenceOf('eve', { device: deviceOf('ann'), instance: numbered(2) }, EPOCH + 1_000)
    ],
    [
      'another device of ours',
      presenceOf('ann', { device: deviceOf('sofa'), instance: numbered(2) }, EPOCH + 1_000)
    ]
  ])('is not given up for %s', (_, message) => {
    expect(told([message], numbered(1))).toEqual([])
  })

  test('is not given up by who has no number to compare', () => {
    expect(told([presenceOf('ann', { instance: numbered(2) }, EPOCH + 1_000)])).toEqual([])
  })
})
