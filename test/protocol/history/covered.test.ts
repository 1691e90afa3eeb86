import sodium from 'sodium-universal'
import { describe, expect, test, vi } from 'vitest'
import type { MessageId } from '../../../src/base/ids.js'
import { Broadcast } from '../../../src/protocol/broadcast/broadcast.js'
import { HistoryQueue } from '../../../src/protocol/history/reconcile/history-queue.js'
import { SERVE_PER_TURN, USUAL_PARENTS } from '../../../src/protocol/history/tuning.js'
import type { RoomTuning } from '../../../src/protocol/machine/options.js'
import {
  type CoveredMessage,
  coverEnvelope,
  parseMessage,
  type VerifiedMessage,
  verifyCovered
} from '../../../src/protocol/wire/message.js'
import { EPOCH, type Peer, ROOM, TOPIC, World } from '../../support/harness.js'
import { feedPushed, feedStored, member, textOf } from '../../support/hostile.js'

const ids = (messages: readonly { readonly id: MessageId }[]) => messages.map(({ id }) => id)

/** Three members that have said so many lines in turns, each after those before. */
function talk(lines: number) {
  const world = new World()
  const peers = world.joinAll('ann', 'bob', 'cyd')
  world.run(3_000)
  for (let n = 0; n < lines; n++) {
    peers[n % 3]?.say(`${n}`)
    world.run(25)
  }
  world.run(120_000)
  return { world, ann: peers[0] as Peer }
}

function envelopeOf(sealed: Uint8Array) {
  const parsed = parseMessage(sealed, TOPIC)
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.envelope
}

describe('who catches up', () => {
  const LINES = 900
  const { ann, world } = talk(LINES)
  const verify = vi.spyOn(sodium, 'crypto_sign_verify_detached')
  const dan = world.join('dan')
  world.connect(dan, ann)
  world.run(300)
  const checked = verify.mock.calls.length

  test('has it all, and has checked one signature for each author and batch, not for each line', () => {
    expect(ids(dan.machine.history())).toEqual(ids(ann.machine.history()))
    expect(dan.texts()).toHaveLength(LINES)
    expect(checked).toBeLessThan(LINES / 10)
  })

  test('checks the rest when nothing else is going on, and stores nothing before', () => {
    const before = dan.stored.length
    expect(before).toBeLessThan(LINES / 10)
    world.run(60_000)
    expect(ids(dan.stored).sort()).toEqual(ids(dan.machine.history()).sort())
    expect(dan.stored.every(({ isVerified }) => isVerified)).toBe(true)
  })
})

test('what was only covered is checked before it is handed on, some at a time', () => {
  const { ann, world } = talk(900)
  const dan = world.join('dan')
  world.connect(dan, ann)
  world.run(300)
  const eli = world.join('eli')
  const verify = vi.spyOn(sodium, 'crypto_sign_verify_detached')
  let most = 0
  const feed = dan.feed.bind(dan)
  dan.feed = input => {
    const before = verify.mock.calls.length
    feed(input)
    most = Math.max(most, verify.mock.calls.length - before)
  }
  world.connect(eli, dan)
  world.run(1_500)
  expect(ids(eli.machine.history())).toEqual(ids(ann.machine.history()))
  expect(most).toBe(SERVE_PER_TURN)
})

test('a line names four parents at most, the last of its own author among them', () => {
  const world = new World()
  const ann = world.join('ann')
  ann.say('first')
  const eve = member(world, ann)
  for (let n = 0; n < 12; n++) feedPushed(ann, eve, textOf('eve', `loose ${n}`, world.now - n))
  ann.say('second')
  const [first, second] = ann.stored.filter(({ author }) => author === ann.identity)
  expect(second?.parents.length).toBeGreaterThan(1)
  expect(second?.parents.length).toBeLessThanOrEqual(USUAL_PARENTS)
  expect(second?.parents).toContain(first?.id)
})

test('few lines are asked for in their order, as they are read', () => {
  const { ann, world } = talk(20)
  const dan = world.join('dan')
  world.connect(dan, ann)
  world.run(300)
  expect(dan.texts()).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`))
})

describe('a message', () => {
  const first = textOf('ann', 'first')
  const second = textOf('ann', 'second', EPOCH + 1, [first.id])
  const third = textOf('ann', 'third', EPOCH + 2, [second.id])

  test('is covered by the next one of its author, and so is the one before by it', () => {
    const covered = coverEnvelope(envelopeOf(second.sealed), third, ROOM)
    expect(covered).toMatchObject({ id: second.id, isVerified: false, body: second.body })
    const before = covered && coverEnvelope(envelopeOf(first.sealed), covered, ROOM)
    expect(before).toMatchObject({ id: first.id, isVerified: false, body: first.body })
    const checked = before && verifyCovered(before, TOPIC)
    expect(checked).toMatchObject({ id: first.id, isVerified: true, body: first.body })
  })

  test('that is only covered cannot be handed on: the compiler says so', () => {
    const nothing = (): CoveredMessage | undefined => undefined
    // @ts-expect-error: what is sent as history was checked.
    expect(new HistoryQueue().next(nothing).batch).toEqual([])
    const broadcast = new Broadcast({ recall: () => undefined })
    const covered = coverEnvelope(envelopeOf(second.sealed), third, ROOM)
    if (covered === undefined) throw new Error('it is covered')
    // @ts-expect-error: and so was what is pushed.
    broadcast.handle({ type: 'publish', message: covered }, 0)
  })

  test('is not by one that does not name it', () => {
    expect(coverEnvelope(envelopeOf(first.sealed), third, ROOM)).toBeUndefined()
  })
})

describe("while more keeps coming at its author's word", () => {
  const lines: VerifiedMessage[] = []
  for (let n = 0; n < 1_000; n++) {
    const parents = lines.slice(-1).map(({ id }) => id)
    lines.push(textOf('eve', `${n}`, EPOCH - 60_000 + n, parents))
  }
  const byId = new Map(lines.map(line => [line.id, line]))

  /** Eve offers all lines, and sends those that she is asked for when the test says so. */
  function scene(tuning: RoomTuning = {}) {
    const world = new World()
    const ann = world.join('ann', { tuning })
    const eve = member(world, ann)
    const asked: MessageId[] = []
    eve.onframe = (_, frame) => {
      if (frame.type === 'want') asked.push(...frame.ids)
    }
    for (const some of [lines.slice(0, 500), lines.slice(500)])
      ann.feed({ type: 'frame', from: eve.device, frame: { type: 'offer', ids: ids(some) } })
    const send = (most: number) => {
      for (const id of asked.splice(0, most)) feedStored(ann, eve, byId.get(id) as VerifiedMessage)
    }
    world.run(100)
    return { ann, send, world }
  }

  test('what came before is checked, and stored', () => {
    const { ann, send, world } = scene()
    send(450)
    for (let n = 0; n < 20; n++) {
      world.run(400)
      send(1)
    }
    expect(ann.stored.length).toBeGreaterThan(400)
  })

  test('so many bytes of it wait in memory, and the rest is checked as it comes', () => {
    const { ann, send } = scene({ history: { uncheckedMaxBytes: 100_000 } })
    send(450)
    expect(ann.machine.snapshot().messages).toBeGreaterThan(400)
    const waiting = ann.machine.kept().messages.filter(({ isVerified }) => !isVerified)
    expect(waiting.length).toBeGreaterThan(50)
    expect(waiting.length).toBeLessThan(100)
  })
})
