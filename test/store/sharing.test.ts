import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Logged, uncounted } from '../../src/store/log.js'
import { MemoryStore } from '../../src/store/memory-store.js'
import { END, FrameReader, frameOf, headOf } from '../../src/store/shared-frames.js'
import {
  followShared,
  readShared,
  type Shared,
  type StopSharing,
  share
} from '../../src/store/sharing.js'
import { kept } from '../support/kept.js'

const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const HEAD = headOf({ epoch: '0123456789abcdef', last: 9 })
let next = 0
const newPath = () => join(root, 'run', `${next++}`)
const stops: StopSharing[] = []

afterEach(async () => {
  await Promise.all(stops.splice(0).map(stop => stop()))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** What nobody changes. */
const unchangeable = {
  deletedAt: () => 0,
  ondeleted: () => () => {},
  merge: () => Promise.reject(new Error('nothing is merged')),
  forget: () => Promise.reject(new Error('nothing is deleted'))
}

/** A store that nobody counts in, and to which nothing comes. */
const shared = (store: MemoryStore): Shared => ({
  log: async () => uncounted(await store.load()),
  follow: () => () => {},
  ...unchangeable
})

/** The path at which these messages are shared. */
async function sharing(messages: readonly ReturnType<typeof kept>[], path = newPath()) {
  const store = new MemoryStore()
  for (const message of messages) store.put(message)
  stops.push((await share(shared(store), path)) ?? expect.fail('it is not shared'))
  return path
}

/** A program that answers a reader with these bytes. */
async function answering(bytes: Uint8Array, path = newPath()): Promise<string> {
  await sharing([], path)
  await stops.pop()?.()
  const server: Server = createServer(socket => socket.resume().end(bytes))
  await new Promise<void>(resolve => server.listen(path, resolve))
  stops.push(() => new Promise<void>(resolve => server.close(() => resolve())))
  return path
}

describe.skipIf(process.platform === 'win32')('a store that is shared', () => {
  test('is read by others, byte for byte', async () => {
    const messages = Array.from({ length: 500 }, (_, at) => kept(at, at, 1 + at * 17))
    const path = await sharing(messages)
    const [first, second] = await Promise.all([readShared(path), readShared(path)])
    expect(first?.messages.map(({ clock, id }) => [clock, id])).toEqual(
      messages.map(({ clock, id }) => [clock, id])
    )
    expect(first?.messages.every(({ sealed }, at) => messages[at]?.sealed.equals(sealed))).toBe(
      true
    )
    expect(second?.messages).toHaveLength(500)
  })

  test("is its owner's alone", async () => {
    const path = await sharing([])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(root, 'run')).mode & 0o777).toBe(0o700)
  })

  test('takes the place of what a killed program has left, and leaves nothing', async () => {
    const path = await sharing([kept(1, 1)])
    await stops.pop()?.()
    expect(existsSync(path)).toBe(false)
    expect(await readShared(path)).toBeUndefined()
    expect((await readShared(await sharing([kept(2, 2)], path)))?.messages).toHaveLength(1)
  })

  test('tells a program that follows what comes, once and in order, until it ends', async () => {
    let tell = (_: readonly Logged[]) => {}
    const log = { epoch: '0123456789abcdef', last: 1, messages: [{ ...kept(5, 1), number: 1 }] }
    const path = newPath()
    const follow: Shared['follow'] = listener => {
      tell = listener
      return () => {}
    }
    stops.push(
      (await share({ ...unchangeable, log: async () => log, follow }, path)) ??
        expect.fail('not shared')
    )
    const numbers: number[] = []
    for await (const { epoch, messages } of followShared(path, new AbortController().signal)) {
      expect(epoch).toBe(log.epoch)
      numbers.push(...messages.map(({ number }) => number))
      if (numbers.length === 1) tell([1, 2, 3].map(number => ({ ...kept(9 - number, 1), number })))
      if (numbers.length === 3) await stops.pop()?.()
    }
    expect(numbers).toEqual([1, 2, 3])
  })

  test('ends while somebody reads it and does not go on', async () => {
    const path = await sharing([kept(1, 1)])
    const reader = connect(path)
    reader.on('error', () => {})
    await new Promise(resolve => reader.once('connect', resolve))
    await stops.pop()?.()
    reader.destroy()
  })

  test('is not, where its path is too long', async () => {
    const path = join(root, 'x'.repeat(120))
    expect(await share(shared(new MemoryStore()), path)).toBeUndefined()
    expect(await readShared(path)).toBeUndefined()
  })

  test.each([
    ['another version', Uint8Array.of(9, 0, 0, 0, 0)],
    ['nothing', new Uint8Array(0)],
    ['a message that is too long', Buffer.concat([HEAD, Uint8Array.of(255, 255, 255, 255)])],
    ['no end', Buffer.concat([HEAD, frameOf({ ...kept(1, 1), number: 1 })])]
  ])('is nothing where somebody says %s', async (_, bytes) => {
    expect(await readShared(await answering(bytes))).toBeUndefined()
  })
})

test('messages are read in whatever pieces they come', () => {
  const messages = [kept(1, 1, 1), kept(2 ** 41, 2, 8_000), kept(3, 3, 300)]
  const frames = messages.map((message, number) => frameOf({ ...message, number }))
  const bytes = Buffer.concat([HEAD, ...frames, END])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5_000 })), sizes => {
      const reader = new FrameReader()
      const found = []
      for (let at = 0; at < bytes.byteLength; ) {
        const size = sizes.shift() ?? bytes.byteLength
        const taken = reader.take(bytes.subarray(at, at + size)) ?? expect.fail('refused')
        found.push(...taken.messages)
        at += size
        expect(taken.isEnd).toBe(at >= bytes.byteLength)
      }
      expect(reader.head).toEqual({ epoch: '0123456789abcdef', last: 9 })
      expect(found.map(({ clock, number }) => [clock, number])).toEqual([
        [1, 0],
        [2 ** 41, 1],
        [3, 2]
      ])
    })
  )
})
