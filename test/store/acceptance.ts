import { afterEach, describe, expect, test } from 'vitest'
import type { MessageStore } from '../../src/store/store.js'
import { kept } from '../support/kept.js'

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
