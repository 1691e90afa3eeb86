import b4a from 'b4a'
import { describe, expect, test } from 'vitest'
import { IdNumbers } from '../../../src/base/id-numbers.js'
import type { MessageId } from '../../../src/base/ids.js'
import { MAX_TOLD_MESSAGES } from '../../../src/protocol/chat/tuning.js'
import type { Output, Saying } from '../../../src/protocol/events.js'
import { MessageTable } from '../../../src/protocol/history/message-table.js'
import { MAX_FRESH_MESSAGES } from '../../../src/protocol/history/tuning.js'
import { RoomMachine, type RoomMachineOptions } from '../../../src/protocol/machine/room-machine.js'
import type { CheckedMessage, KnownMessage } from '../../../src/protocol/wire/message.js'
import {
  deviceOf,
  EPOCH,
  INSTANCE,
  identityOf,
  keysOf,
  SECRET,
  TOPIC,
  World
} from '../../support/harness.js'

const HOUR_MILLIS = 3_600_000

function machineOf(options: Partial<RoomMachineOptions> = {}): RoomMachine {
  return new RoomMachine({
    roomSecret: SECRET,
    topic: TOPIC,
    identity: keysOf('identity ann'),
    device: deviceOf('ann'),
    nick: 'ann',
    instance: INSTANCE,
    nonce: () => crypto.getRandomValues(new Uint8Array(16)),
    random: () => 0.5,
    ...options
  })
}

/** A store that has these, and how often it was asked. */
function storeOf(messages: readonly KnownMessage[]) {
  const bytes = new Map(messages.map(({ id, sealed }) => [id, sealed]))
  const asked: MessageId[] = []
  const recall = ({ id }: { readonly id: MessageId }) => {
    asked.push(id)
    return bytes.get(id)
  }
  const shelved = messages.map(message => ({
    ...(message as CheckedMessage),
    bytes: message.sealed.byteLength
  }))
  return { asked, bytes, recall, shelved }
}

/** What ann said, edited, took back, marked, answered and wrote to bob alone, and an invitation, which lasts. */
function talk(): KnownMessage[] {
  const machine = machineOf()
  let now = EPOCH
  const say = (saying: Saying) => machine.handle(saying, now++)
  for (const text of ['one', 'two', 'three', 'four']) say({ type: 'say', text })
  const [one, two, three] = machine.history().map(({ id }) => id) as [
    MessageId,
    MessageId,
    MessageId
  ]
  say({ type: 'say', text: 'an answer', replyTo: one })
  say({ type: 'edit', id: two, text: 'two, mended' })
  say({ type: 'react', id: one, emoji: '👍', removed: false })
  say({ type: 'delete', id: three })
  const ticket = new Uint8Array(32).fill(1)
  const invitation = { ticket, expires: EPOCH + 24 * HOUR_MILLIS, uses: 0, anyone: true }
  machine.handle({ type: 'invite', ...invitation }, now++)
  say({ type: 'direct', to: identityOf('bob'), text: 'for you alone' })
  return machine.history()
}

const bytesOf = (messages: readonly KnownMessage[]) =>
  messages.map(({ id, sealed }) => [id, b4a.toString(sealed, 'hex')])

const eventsOf = (outputs: readonly Output[]) =>
  outputs.flatMap(output => (output.type === 'emit' ? output.event : []))

describe('what the store has', () => {
  test('reads as what is in memory does: told, found and in order', () => {
    const messages = talk()
    const { recall, shelved } = storeOf(messages)
    const [whole, indexed] = [machineOf(), machineOf({ recall })]
    const now = EPOCH + HOUR_MILLIS
    whole.handle({ type: 'restore', messages, isUntold: true }, now)
    indexed.handle({ type: 'restore', messages: [], shelved, isUntold: true }, now)
    const [told, toldToo] = [whole, indexed].map(machine =>
      eventsOf(machine.handle({ type: 'start' }, now))
    )
    expect(toldToo).toEqual(told)
    expect(told?.map(({ type }) => type)).toContain('reaction')
    expect(bytesOf(indexed.history())).toEqual(bytesOf(whole.history()))
    for (const { id } of messages) expect(indexed.lineShown(id)).toEqual(whole.lineShown(id))
    expect(indexed.search({ text: 'mended' }, 10)).toEqual(whole.search({ text: 'mended' }, 10))
    expect(indexed.snapshot()).toEqual(whole.snapshot())
  })

  test('is the same as a table, and goes in the same order when there is no room', () => {
    const messages = talk()
    const { recall, shelved } = storeOf(messages)
    const keep = { maxMessages: 14 }
    const now = EPOCH + HOUR_MILLIS
    const [table, withIndex] = [MessageTable.of(shelved), MessageTable.of(shelved)]
    withIndex.index = new IdNumbers(new Uint8Array(32).fill(7))
    for (const row of withIndex.order) withIndex.index.set(withIndex.id(row), row)
    const forgotten = [shelved, table, withIndex].map(all => {
      const machine = machineOf({ keep, recall })
      const outputs = [
        ...machine.handle({ type: 'restore', messages: [], shelved: all, isUntold: true }, now),
        ...machine.handle({ type: 'start' }, now)
      ]
      const told = eventsOf(outputs)
      const whole = bytesOf(machine.history())
      const gone = [...Array(20).keys()].flatMap(n =>
        machine
          .handle({ type: 'say', text: `new ${n}` }, now + n)
          .flatMap(output => (output.type === 'forget' ? output.message.id : []))
          .filter(id => recall({ id }) !== undefined)
      )
      return { told, whole, gone }
    })
    expect(forgotten.slice(1)).toEqual([forgotten[0], forgotten[0]])
    expect(forgotten[0]?.gone.length).toBeGreaterThan(5)
  })

  test('is not read before somebody wants to see it, but for what changes other lines', () => {
    const machine = machineOf()
    for (let at = 0; at < MAX_TOLD_MESSAGES + 100; at++)
      machine.handle({ type: 'say', text: `line ${at}` }, EPOCH + at)
    const messages = machine.history()
    const { asked, recall, shelved } = storeOf(messages)
    const again = machineOf({ recall })
    again.handle({ type: 'restore', messages: [], shelved, isUntold: true }, EPOCH + HOUR_MILLIS)
    expect(asked).toEqual([])
    const told = eventsOf(again.handle({ type: 'start' }, EPOCH + HOUR_MILLIS))
    const ids = messages.slice(-MAX_TOLD_MESSAGES).map(({ id }) => id)
    expect(told.flatMap(event => (event.type === 'message' ? event.message.id : []))).toEqual(ids)
    expect(asked).toEqual(ids)
  })

  test('stays there: what comes after it is handed out, and only its index kept', () => {
    const stored: CheckedMessage[] = []
    const bytes = new Map<MessageId, Uint8Array>()
    let asked = 0
    const recall = ({ id }: { readonly id: MessageId }) => {
      asked += 1
      return bytes.get(id)
    }
    const machine = machineOf({ recall })
    for (let at = 0; at < 1_100; at++)
      for (const output of machine.handle({ type: 'say', text: `line ${at}` }, EPOCH + at))
        if (output.type === 'store') {
          stored.push(output.message)
          bytes.set(output.message.id, output.message.sealed)
        }
    expect(asked).toBe(0)
    expect(machine.kept().messages).toHaveLength(MAX_FRESH_MESSAGES)
    expect(bytesOf(machine.history())).toEqual(bytesOf(stored))
    expect(asked).toBe(1_100 - MAX_FRESH_MESSAGES)
  })

  test('is forgotten with what it said of other lines if there is no more room', () => {
    const messages = talk()
    const { recall, shelved } = storeOf(messages)
    const machine = machineOf({ recall, keep: { maxMessages: 8, maxAgeMillis: 0 } })
    machine.handle({ type: 'restore', messages: [], shelved, isUntold: true }, EPOCH + HOUR_MILLIS)
    for (let at = 0; at < 20; at++)
      machine.handle({ type: 'say', text: `later ${at}` }, EPOCH + HOUR_MILLIS + at)
    expect(machine.search({ text: 'one' }, 10)).toEqual([])
    expect(machine.search({ text: 'later' }, 100).length).toBeGreaterThan(3)
  })

  test('and is lost there, or is not what it was, is asked for again', () => {
    const world = new World()
    const [ann, old] = [world.join('ann'), world.join('old')]
    for (let at = 0; at < 20; at++) old.say(`line ${at}`)
    const messages = old.machine.history()
    ann.feed({ type: 'restore', messages })
    const { bytes, recall, shelved } = storeOf(messages)
    const lost: MessageId[] = []
    const bob = world.join('bob', { recall, onlost: id => lost.push(id) })
    bob.feed({ type: 'restore', messages: [], shelved })
    const [gone, altered] = [messages[3], messages[19]].map(message => message?.id as MessageId)
    bytes.delete(gone as MessageId)
    bytes.set(altered as MessageId, messages[4]?.sealed as Uint8Array)
    expect(bob.machine.history()).toHaveLength(18)
    expect(lost).toEqual([gone, altered])
    bob.feed({ type: 'lost', ids: lost })
    expect(bob.machine.snapshot().messages).toBe(18)
    world.introduce(ann, bob)
    world.run(60_000)
    expect(bob.machine.history().map(({ id }) => id)).toEqual(messages.map(({ id }) => id))
  })
})
