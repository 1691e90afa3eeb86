import { describe, expect, test } from 'vitest'
import { RoomMachine } from '../../../src/protocol/machine/room-machine.js'
import { reopen } from '../../../src/protocol/wire/message.js'
import { deviceOf, EPOCH, INSTANCE, keysOf, ROOM, SECRET, TOPIC } from '../../support/harness.js'

/** Ann's machine; every one has other nonces. */
function machineOf(maxMessages?: number): RoomMachine {
  return new RoomMachine({
    roomSecret: SECRET,
    topic: TOPIC,
    identity: keysOf('identity ann'),
    device: deviceOf('ann'),
    nick: 'ann',
    instance: INSTANCE,
    nonce: () => crypto.getRandomValues(new Uint8Array(16)),
    random: () => 0.5,
    ...(maxMessages === undefined ? {} : { keep: { maxMessages } })
  })
}

/** A machine of ann's that has said this, from EPOCH on. */
function said(...texts: string[]): RoomMachine {
  const machine = machineOf()
  for (const [at, text] of texts.entries()) machine.handle({ type: 'say', text }, EPOCH + at)
  return machine
}

const HOUR_MILLIS = 3_600_000

describe('what is restored', () => {
  test('is told when the room starts, as history, in order, and once', () => {
    const messages = said('one', 'two').history()
    const machine = machineOf()
    const now = EPOCH + HOUR_MILLIS
    expect(machine.handle({ type: 'restore', messages, isUntold: true }, now)).toEqual([])
    const told = machine
      .handle({ type: 'start' }, now)
      .flatMap(output =>
        output.type === 'emit' && output.event.type === 'message' ? output.event : []
      )
    expect(told.map(({ message: { history, text } }) => [text, history])).toEqual([
      ['one', true],
      ['two', true]
    ])
    expect(machine.history()).toEqual(messages)
  })

  test('tells of the subject that counts, and of none that was there before it', () => {
    const before = machineOf()
    for (const [at, subject] of ['one', 'two', 'three'].entries())
      before.handle({ type: 'subject', subject }, EPOCH + at)
    const machine = machineOf()
    machine.handle({ type: 'restore', messages: before.history(), isUntold: true }, EPOCH + 9)
    const told = machine
      .handle({ type: 'start' }, EPOCH + 9)
      .flatMap(output => (output.type === 'emit' ? output.event : []))
    expect(told).toMatchObject([{ type: 'subject', subject: 'three', history: true }])
  })

  test('comes before what is said next, which names it', () => {
    const messages = said('one', 'two').history()
    const machine = machineOf()
    machine.handle({ type: 'restore', messages, isUntold: true }, EPOCH - 1_000)
    machine.handle({ type: 'say', text: 'three' }, EPOCH - 1_000)
    const last = machine.history().at(-1)
    expect(last?.parents).toEqual([messages.at(-1)?.id])
    expect(last?.clock).toBeGreaterThan(messages.at(-1)?.clock ?? 0)
  })

  test('stays where it is, untold, if it is dated in the future', () => {
    const messages = said('one').history()
    const machine = machineOf()
    const wrong = EPOCH - 1_000 * HOUR_MILLIS
    expect(machine.handle({ type: 'restore', messages, isUntold: true }, wrong)).toEqual([])
    expect(machine.history()).toEqual([])
  })

  test('is forgotten in favour of the rest if there is more than the timeline holds', () => {
    const messages = said(...Array.from({ length: 100 }, (_, at) => `line ${at}`)).history()
    const machine = machineOf(64)
    const outputs = machine.handle({ type: 'restore', messages, isUntold: true }, EPOCH + 1_000)
    const forgotten = outputs.flatMap(output => (output.type === 'forget' ? output.message.id : []))
    const left = new Set(machine.history().map(({ id }) => id))
    expect(left.size).toBeGreaterThan(0)
    expect(left.size).toBeLessThan(100)
    expect(new Set(forgotten)).toEqual(
      new Set(messages.flatMap(({ id }) => (left.has(id) ? [] : id)))
    )
    const told = machine.handle({ type: 'start' }, EPOCH + 1_000)
    const shown = told.flatMap(output =>
      output.type === 'emit' && output.event.type === 'message' ? output.event.message.id : []
    )
    expect(new Set(shown)).toEqual(left)
  })
})

test('what gives way to others is forgotten, once each', () => {
  const machine = machineOf(64)
  const stored = new Set<string>()
  for (let at = 0; at < 200; at++)
    for (const output of machine.handle({ type: 'say', text: `line ${at}` }, EPOCH + at)) {
      if (output.type === 'store') stored.add(output.message.id)
      if (output.type === 'forget') expect(stored.delete(output.message.id)).toBe(true)
    }
  expect(stored).toEqual(new Set(machine.history().map(({ id }) => id)))
})

describe('bytes that were put away', () => {
  const [message] = said('one').history()
  if (message === undefined) throw new Error('nothing was said')

  test('are the message that they were', () => {
    const sealed = new Uint8Array(message.sealed)
    const body = Buffer.from(message.body ?? expect.fail('it does not open'))
    expect(reopen(message, ROOM)).toEqual({ ...message, sealed, body })
  })

  test('are none if a bit of them, or of the id, is another', () => {
    for (let at = 0; at < message.sealed.byteLength; at++) {
      const sealed = new Uint8Array(message.sealed)
      sealed[at] = (sealed[at] ?? 0) ^ (1 << (at % 8))
      expect(reopen({ ...message, sealed }, ROOM), `byte ${at}`).toBeUndefined()
    }
    const id = message.id.replace(/^./, digit => (digit === '0' ? '1' : '0')) as typeof message.id
    expect(reopen({ ...message, id }, ROOM)).toBeUndefined()
  })
})
