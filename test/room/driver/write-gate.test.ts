import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import b4a from 'b4a'
import { ClassicLevel } from 'classic-level'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { deferred } from '../../../src/async/deferred.js'
import { type IdentityKey, idFromBytes, type PeerKey } from '../../../src/base/ids.js'
import type { Output } from '../../../src/protocol/events.js'
import { WriteGate } from '../../../src/room/driver/write-gate.js'
import type { MessageStore } from '../../../src/store/store.js'
import { useRooms } from '../../support/rooms.js'

const [ours, theirs] = [randomBytes(32), randomBytes(32)]
const [ann, ben] = ['a'.repeat(64) as PeerKey, 'b'.repeat(64) as PeerKey]

/** A message of this author, as far as a gate looks at it. */
const from = (author: Uint8Array, to = ann): Output => {
  const sealed = b4a.concat([new Uint8Array(18), author, new Uint8Array(200)])
  return { type: 'send', to, frame: { type: 'message', hops: 0, sealed } }
}
const close = (peer: PeerKey): Output => ({ type: 'close', peer, reason: 'leaving' })

/** A gate before a disk that writes when it is told to. */
function gated() {
  const writes: (() => void)[] = []
  const performed: Output[] = []
  const flush = () => {
    const write = deferred()
    writes.push(write.resolve)
    return write.promise
  }
  const store = { isBehind: true, flush } as unknown as MessageStore
  const gate = new WriteGate(idFromBytes<IdentityKey>(ours), store, outputs => {
    performed.push(...outputs)
  })
  const settle = () => new Promise(setImmediate)
  const write = async () => {
    await settle()
    writes.shift()?.()
    await settle()
  }
  return { gate, performed, settle, write }
}

describe('while the disk is behind', () => {
  test('what we sign waits, and what others have signed does not', async () => {
    const { gate, performed, write } = gated()
    const held = from(ours)
    expect(gate.holds(from(theirs))).toBe(false)
    expect(gate.holds(held)).toBe(true)
    expect(performed).toEqual([])
    await write()
    expect(performed).toEqual([held])
    expect(gate.isHolding).toBe(false)
  })

  test('what follows on the same link keeps its place', async () => {
    const { gate, performed, write } = gated()
    const outputs = [from(ours), from(theirs), close(ann)]
    expect(outputs.map(output => gate.holds(output))).toEqual([true, true, true])
    expect(gate.holds(from(theirs, ben))).toBe(false)
    await write()
    expect(performed).toEqual(outputs)
  })

  test('what came after the write began waits for the next', async () => {
    const { gate, performed, settle, write } = gated()
    const [first, second, third] = [from(ours), from(ours), from(ours, ben)]
    gate.holds(first)
    gate.holds(second)
    await settle()
    gate.holds(third)
    await write()
    expect(performed).toEqual([first, second])
    await write()
    expect(performed).toEqual([first, second, third])
  })

  test('what was held for a link that is gone goes with it', async () => {
    const { gate, performed, write } = gated()
    gate.holds(from(ours))
    gate.drop(ann)
    await write()
    expect(performed).toEqual([])
    expect(gate.isHolding).toBe(false)
  })
})

describe('a member whose disk is slow', () => {
  const { enter } = useRooms()
  const home = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  test('gives no receipt for what is not written, and says nothing that is not', async () => {
    const ben = await enter('ben')
    const ada = await enter('ada', { home, identity: undefined })
    await Promise.all([ada.meets('ben'), ben.meets('ada')])
    await ada.room.written()
    const write = deferred()
    const batch = vi.spyOn(ClassicLevel.prototype, 'batch').mockImplementation((async () => {
      await write.promise
    }) as never)
    const receipts: number[] = []
    ben.room.on('receipt', ({ have }) => receipts.push(have))
    ben.room.say('have you got this?')
    await ada.hears('have you got this?')
    ada.room.say('yes')
    ben.room.say('and this?')
    await ada.hears('and this?')
    expect(ben.texts).not.toContain('yes')
    expect(receipts).toEqual([])
    batch.mockRestore()
    write.resolve()
    await ben.hears('yes')
    await ben.when(() => receipts.length > 0)
  })
})
