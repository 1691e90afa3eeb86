import { expect, test } from 'vitest'
import type { CheckedMessage } from '../../../src/protocol/wire/message.js'
import { stripMessage } from '../../../src/protocol/wire/message.js'
import { mergeInto } from '../../../src/room/kept/merging.js'
import { roomKeys } from '../../../src/room/keys.js'
import type { Kept } from '../../../src/store/store.js'
import { EPOCH } from '../../support/harness.js'
import { textOf } from '../../support/hostile.js'

const KEYS = roomKeys('lobby')
const line = (n: number) => textOf('ann', `line ${n}`, EPOCH + n)

/** Hands these parts over, of which those that the receiver knows are named; what happened there, in order. */
async function merging(parts: Kept[][], known: readonly string[] = []) {
  const done: (readonly string[] | 'written')[] = []
  const merge = (messages: readonly CheckedMessage[]) => {
    const ids = messages.map(({ id }) => id)
    done.push(ids)
    const there = ids.filter(id => known.includes(id)).length
    return { imported: ids.length - there, known: there, refused: 0 }
  }
  const flush = async () => void done.push('written')
  async function* handedOver() {
    for (const part of parts) {
      done.push(['part'])
      yield part
    }
  }
  const merged = await mergeInto({ merge, flush }, KEYS, handedOver())
  return { done, merged }
}

test('each part is on the disk before the next one is read, so that all of them never wait in memory', async () => {
  const [one, two, three] = [line(1), line(2), line(3)]
  const { done, merged } = await merging([[one, two], [three]], [two.id])
  expect(done).toEqual([
    ['part'],
    [one.id, two.id],
    'written',
    ['part'],
    [three.id],
    'written',
    [],
    'written'
  ])
  expect(merged).toEqual({ imported: 2, known: 1, refused: 0 })
})

test('whatever else happens has its turn between two parts, also if the disk is quick', async () => {
  let turns = 0
  const parts = [[line(1)], [line(2)], [line(3)]]
  const receiver = { merge: () => ({ imported: 1, known: 0, refused: 0 }), flush: async () => {} }
  const seen: number[] = []
  async function* handedOver() {
    for (const part of parts) {
      seen.push(turns)
      setImmediate(() => {
        turns += 1
      })
      yield part
    }
  }
  await mergeInto(receiver, KEYS, handedOver())
  expect(seen).toEqual([0, 1, 2])
})

test('what has left its body behind comes last, and what its author has not signed never', async () => {
  const [one, two, forged] = [stripMessage(line(1)), line(2), line(3)]
  const sealed = forged.sealed.map((byte, at) =>
    at === forged.sealed.byteLength - 1 ? byte ^ 1 : byte
  )
  const { done, merged } = await merging([[one, { ...forged, sealed }], [two]])
  const taken = done.filter(each => each !== 'written' && each[0] !== 'part')
  expect(taken).toEqual([[], [two.id], [one.id]])
  expect(merged).toEqual({ imported: 2, known: 0, refused: 1 })
})
