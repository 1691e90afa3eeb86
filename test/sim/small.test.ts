import { expect, it } from 'vitest'
import { decodeFrame, encodeFrame } from '../../src/protocol/wire/frame-codec.js'
import { seededRandom } from '../../src/testing/world/random.js'
import { ATTACKS } from './attacks.js'
import { expectSound, twice } from './invariants.js'
import { identityAt, messages } from './room-node.js'
import { churn, crash, partition, stable } from './scenarios.js'
import { light, room } from './settings.js'
import { EPOCH } from './world.js'

// Every kind of run once, in small: the large ones are `npm run test:sim`.

it('a stable room gets everything, once, over few hops', () => {
  const report = twice(() => stable(light(60, { authors: 6, messages: 12 })))
  expectSound(report)
  expect(report.redundancy.max).toBeLessThan(0.1)
})

it('a stable room of whole machines does as well', () => {
  expectSound(twice(() => stable(room(12, { authors: 12, messages: 12 }))))
})

it('those who survive a crash of half of the room are one room again', () => {
  const report = twice(() => crash(light(60), 0.5))
  expectSound(report)
  expect(report.figures['overlay whole after, s']).toBeLessThanOrEqual(60)
})

it('those who stay hear everything while others come and go', () => {
  expectSound(twice(() => churn(light(60), 2)))
})

it('two halves that meet again have the union of what was said', () => {
  const report = twice(() => partition(room(10), 1))
  expectSound(report)
  expect(report.figures['union everywhere after, s']).toBeLessThanOrEqual(60)
})

it.each(Object.entries(ATTACKS))('an attacker can make and send: %s', (_, attack) => {
  const victim = { identity: identityAt(1).publicKey, device: 'ab'.repeat(32) as never }
  const knows = { random: seededRandom(1), room: messages, identity: identityAt(0), now: EPOCH }
  for (let n = 0; n < 20; n++) {
    const frame = attack({ ...knows, heard: [], members: [victim] })
    expect(decodeFrame(encodeFrame(frame)).ok).toBe(true)
  }
})
