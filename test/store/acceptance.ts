import { afterEach, describe, expect, test } from 'vitest'
import type { MessageId } from '../../src/base/ids.js'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import type { MessageStore } from '../../src/store/store.js'
import { EPOCH } from '../support/harness.js'
import { messageOf } from '../support/hostile.js'
import { kept } from '../support/kept.js'

const idOf = (name: number) => name.toString(16).padStart(64, '0') as MessageId

/** What every store must do, whatever it is made of. `open`: one that is empty. */
export function acceptanceOf(name: string, open: () => Promise<MessageStore>): void {
  const opened: MessageStore[] = []
  const empty = async () => {
    const store = await open()
    opened.push(store)
    return store
  }
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(store => store.close()))
  })

  describe(`${name} as a store of messages`, () => {
    test('is empty at first', async () => {
      expect(await (await empty()).load()).toEqual([])
    })

    test('gives what was put, byte for byte, at once and after a flush', async () => {
      const store = await empty()
      const message = kept(1, 1, 8_000)
      store.put(message)
      expect(await store.load()).toEqual([message])
      await store.flush()
      expect(await store.load()).toEqual([message])
    })

    test('orders by clock, then by id, whatever the order of arrival', async () => {
      const store = await empty()
      const clocks = [2 ** 41, 0, 255, 256, 2 ** 41 + 1, 65_536, 256]
      const messages = clocks.map((clock, at) => kept(clock, 1_000 - at))
      for (const message of messages) store.put(message)
      const names = (await store.load()).map(({ clock, id }) => [clock, Number.parseInt(id, 16)])
      expect(names).toEqual([
        [0, 999],
        [255, 998],
        [256, 994],
        [256, 997],
        [65_536, 995],
        [2 ** 41, 1_000],
        [2 ** 41 + 1, 996]
      ])
    })

    test('has one of what was put twice', async () => {
      const store = await empty()
      store.put(kept(1, 1))
      await store.flush()
      store.put(kept(1, 1))
      expect(await store.load()).toHaveLength(1)
    })

    test('has no longer what was deleted, before or after it was written', async () => {
      const store = await empty()
      for (const at of [1, 2, 3]) store.put(kept(at, at))
      store.delete(kept(1, 1))
      await store.flush()
      store.delete(kept(2, 2))
      store.delete(kept(9, 9))
      expect((await store.load()).map(({ clock }) => clock)).toEqual([3])
    })

    test('takes back what was deleted', async () => {
      const store = await empty()
      store.put(kept(1, 1))
      store.delete(kept(1, 1))
      store.put(kept(1, 1))
      expect(await store.load()).toHaveLength(1)
    })

    test('holds thousands', async () => {
      const store = await empty()
      for (let at = 0; at < 5_000; at++) store.put(kept(5_000 - at, at))
      const all = await store.load()
      expect(all).toHaveLength(5_000)
      expect(all.every(({ clock }, at) => clock === at + 1)).toBe(true)
    })

    test('has an index of what it has, in order, without the bytes', async () => {
      const store = await empty()
      for (const at of [3, 1, 2]) store.put(kept(at, at, 10 * at))
      store.delete(kept(2, 2))
      const index = await store.index()
      expect([...index].map(({ bytes, clock }) => [clock, bytes])).toEqual([
        [1, 10],
        [3, 30]
      ])
    })

    test('says in its index whom a message is by, of what kind, and what it names', async () => {
      const store = await empty()
      const [first, second] = ['one', 'two'].map(text =>
        messageOf('ann', { body: Buffer.from(text) })
      )
      const parents = [first?.id, second?.id].filter(id => id !== undefined).sort()
      const third = messageOf('bob', { clock: EPOCH + 1, parents })
      const reply = messageOf('bob', { clock: EPOCH + 2, parents: [third.id, idOf(99)].sort() })
      for (const message of [third, reply, first, second]) if (message) store.put(message)
      await store.flush()
      const facts = ({ author, clock, id, kind, parents: named, sealed }: VerifiedMessage) => {
        return { author, bytes: sealed.byteLength, clock, id, kind, parents: named }
      }
      expect([...(await store.index())].slice(-2)).toMatchObject([facts(third), facts(reply)])
    })

    test('recalls the bytes of one message, written or not, and none that it has not', async () => {
      const store = await empty()
      store.put(kept(1, 1))
      expect(store.recall(kept(1, 1))).toEqual(kept(1, 1).sealed)
      await store.flush()
      expect(store.recall(kept(1, 1))).toEqual(kept(1, 1).sealed)
      store.put(kept(1, 1, 20))
      expect(store.recall(kept(1, 1))).toEqual(kept(1, 1, 20).sealed)
      store.delete(kept(1, 1))
      expect(store.recall(kept(1, 1))).toBeUndefined()
      expect(store.recall(kept(2, 2))).toBeUndefined()
    })

    test('takes nothing after it was closed, and may be closed twice', async () => {
      const store = await empty()
      await Promise.all([store.close(), store.close()])
      store.put(kept(1, 1))
      store.delete(kept(1, 1))
      await store.flush()
      await store.close()
    })
  })
}
