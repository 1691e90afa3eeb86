import { describe, expect, test } from 'vitest'
import { hash } from '../../src/base/crypto.js'
import { idFromBytes, idToBytes, type MessageId } from '../../src/base/ids.js'
import {
  ANNOUNCE_WINDOW_MILLIS,
  LINK_GRAFT_RATE,
  LINK_SERVE_RATE,
  MAX_DELETED_MESSAGES
} from '../../src/protocol/config.js'
import { NEGENTROPY_V1 } from '../../src/protocol/history/negentropy/message.js'
import { HISTORY_BATCH_BYTES } from '../../src/protocol/history/tuning.js'
import { encodeDeletionBody } from '../../src/protocol/wire/bodies/deletion.js'
import { encodeFrame } from '../../src/protocol/wire/frame-codec.js'
import type { ReconcileFrame } from '../../src/protocol/wire/frames.js'
import { KIND_DELETION } from '../../src/protocol/wire/kinds.js'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import { EPOCH, type Peer, type Puppet, World } from '../support/harness.js'
import {
  feedPushed,
  guest,
  member,
  messageOf,
  textOf,
  wrongFingerprints
} from '../support/hostile.js'

const sentTo = (peer: Peer, puppet: Puppet, type: string) =>
  peer.sent.filter(({ frame, to }) => to === puppet.device && frame.type === type)

function withHistory(): { world: World; ann: Peer } {
  const world = new World()
  const ann = world.join('ann')
  const bob = member(world, ann, 'bob')
  for (let n = 0; n < 1_900; n++)
    feedPushed(ann, bob, textOf('bob', `${n} ${'x'.repeat(200)}`, EPOCH - 3_000 + n))
  world.run(1_000)
  return { ann, world }
}

/** A deletion of bob's as long as one can be. */
function takingBack(id: MessageId): VerifiedMessage {
  const others = Array.from({ length: MAX_DELETED_MESSAGES - 1 }, (_, n) =>
    idFromBytes<MessageId>(hash([Buffer.from(`${id} ${n}`)]))
  )
  const body = encodeDeletionBody({ targets: [id, ...others] })
  return messageOf('bob', {
    kind: KIND_DELETION,
    clock: EPOCH,
    nonce: idToBytes(id).subarray(0, 16),
    body
  })
}

const ask = (step: ReconcileFrame['step'], payload: Uint8Array): ReconcileFrame => ({
  type: 'reconcile',
  step,
  payload
})

describe('reconciling', { timeout: 300_000 }, () => {
  // Spends: 57 kB a frame. Costs the member: some dozens of answers, then the link is closed.
  test.each(['open', 'ask'] as const)('wrong fingerprints (%s) end the link', step => {
    const { ann, world } = withHistory()
    const eve = guest(world, ann)
    const payload = wrongFingerprints(EPOCH - 3_000)
    for (let n = 0; n < 300; n++) {
      ann.feed({ type: 'frame', from: eve.device, frame: ask(step, payload) })
    }
    expect(sentTo(ann, eve, 'reconcile').length).toBeLessThan(60)
    expect(ann.closed).toContainEqual({ peer: eve.device, reason: 'flooding' })
  })

  // Spends: five bytes a frame ("I have nothing"). Costs the member: 20 answers, then the link is closed.
  test('opening again and again ends the link', () => {
    const { ann, world } = withHistory()
    const eve = guest(world, ann)
    const payload = Uint8Array.of(NEGENTROPY_V1, 0, 0, 2, 0)
    for (let n = 0; n < 1_000; n++) {
      ann.feed({ type: 'frame', from: eve.device, frame: ask('open', payload) })
    }
    expect(sentTo(ann, eve, 'reconcile').length).toBeLessThan(60)
    expect(ann.closed).toContainEqual({ peer: eve.device, reason: 'flooding' })
  })
})

describe('history that is asked for', { timeout: 300_000 }, () => {
  // Spends: a pong each ms. Costs the member: nothing; the next batch waits until this one was read.
  test('does not leave faster for pongs that nobody asked for [M23]', () => {
    const { ann, world } = withHistory()
    const eve = member(world, ann)
    for (let n = 0; n < 100; n++)
      ann.feed({ type: 'frame', from: eve.device, frame: { type: 'pong' } })
    const wanted = ann.machine.history().map(({ id }) => id)
    for (let at = 0; at < wanted.length; at += 500) {
      const ids = wanted.slice(at, at + 500)
      ann.feed({ type: 'frame', from: eve.device, frame: { type: 'want', ids } })
      for (let n = 0; n < 100; n++)
        ann.feed({ type: 'frame', from: eve.device, frame: { type: 'pong' } })
    }
    const bytes = sentTo(ann, eve, 'stored').reduce(
      (sum, { frame }) => sum + (frame.type === 'stored' ? frame.sealed.length : 0),
      0
    )
    expect(bytes).toBeLessThan(HISTORY_BATCH_BYTES + 10_000)
  })

  // Spends: 300 lines, and as many deletions that each name 63 more that never were. Costs whoever comes: batches that are no
  // larger than others. If all of it came at once, its link would be closed as that of somebody who does not read.
  test('leaves no faster where much was taken back', () => {
    const world = new World()
    const ann = world.join('ann')
    const bob = member(world, ann, 'bob')
    const lines = Array.from({ length: 300 }, (_, n) => textOf('bob', `${n}`, EPOCH - 3_000 + n))
    for (const line of lines) feedPushed(ann, bob, line)
    for (const { id } of lines) feedPushed(ann, bob, takingBack(id))
    const eve = member(world, ann)
    const ids = lines.map(({ id }) => id)
    const before = ann.sent.length
    ann.feed({ type: 'frame', from: eve.device, frame: { type: 'want', ids } })
    const sent = ann.sent.slice(before).map(({ frame }) => frame)
    expect(sent.filter(({ type }) => type === 'bare').length).toBeGreaterThan(50)
    const bytes = sent.reduce((sum, frame) => sum + encodeFrame(frame).byteLength, 0)
    expect(bytes).toBeLessThan(HISTORY_BATCH_BYTES + 10_000)
  })

  // Spends: 33 kB for each timeline. Costs the member: a timeline or two, and then what eight such links may have of a core.
  test('again and again leaves once or twice, and then slowly', () => {
    const { ann, world } = withHistory()
    const eve = member(world, ann)
    const wanted = ann.machine.history().map(({ id }) => id)
    const sent = () => sentTo(ann, eve, 'stored').length
    const pings = () => sentTo(ann, eve, 'ping').length
    for (let n = 0, answered = pings(); n < 100; n++) {
      const ids = wanted.slice((n % 4) * 475, (n % 4) * 475 + 475)
      ann.feed({ type: 'frame', from: eve.device, frame: { type: 'want', ids } })
      // Some of it leaves in each of several turns.
      world.run(1)
      for (; answered < pings(); answered++)
        ann.feed({ type: 'frame', from: eve.device, frame: { type: 'pong' } })
    }
    expect(sent()).toBeGreaterThan(wanted.length)
    expect(sent()).toBeLessThan(LINK_SERVE_RATE.burst + 1_000)
    const before = sent()
    world.run(2_000)
    expect(sent() - before, 'it goes on').toBeGreaterThan(LINK_SERVE_RATE.perSecond)
    expect(sent() - before).toBeLessThan(3 * LINK_SERVE_RATE.perSecond)
  })

  // Spends: one message that names eight parents that never were, every ten minutes.
  // Costs the room: some questions, ever more rarely.
  test('is not asked for over and over where nobody has it', () => {
    const world = new World()
    const [ann, bob] = world.joinAll('ann', 'bob') as [Peer, Peer]
    world.run(60_000)
    const eve = member(world, ann)
    const parents = Array.from({ length: 8 }, (_, n) =>
      idFromBytes<MessageId>(hash([Buffer.of(n)]))
    )
    feedPushed(ann, eve, textOf('eve', 'hi', world.now, parents.toSorted()))
    world.run(60_000)
    const opened = () =>
      [ann, bob].flatMap(({ sent }) =>
        sent.filter(({ frame }) => frame.type === 'reconcile' && frame.step === 'open')
      ).length
    const before = opened()
    world.run(3_600_000)
    expect(opened() - before).toBeLessThan(30)
  })
})

describe('grafts', () => {
  // Spends: 4 kB a frame. Costs the member: what is lost in a break of the tree, at once, and then a trickle.
  test('of all history do not make it leave without end', () => {
    const { ann, world } = withHistory()
    // Or else she is told of it, and may have that once.
    world.run(ANNOUNCE_WINDOW_MILLIS)
    const eve = member(world, ann)
    const ids = ann.machine.history().map(({ id }) => id)
    for (let n = 0; n < 500; n++) {
      const some = Array.from({ length: 128 }, (_, at) => ids[(n * 128 + at) % ids.length])
      const frame = { type: 'graft', ids: some as MessageId[] } as const
      ann.feed({ type: 'frame', from: eve.device, frame })
    }
    const bytes = sentTo(ann, eve, 'message').reduce(
      (sum, { frame }) => sum + (frame.type === 'message' ? frame.sealed.length : 0),
      0
    )
    expect(bytes).toBeGreaterThan(500_000)
    expect(bytes).toBeLessThan(LINK_GRAFT_RATE.burst + 10_000)
  })
})
