import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { MemoryStore } from '../../src/store/memory-store.js'
import { END, FrameReader, frameOf, SHARING_VERSION } from '../../src/store/shared-frames.js'
import { readShared, type StopSharing, share } from '../../src/store/sharing.js'
import { kept } from '../support/kept.js'

const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
let next = 0
const newPath = () => join(root, 'run', `${next++}`)
const stops: StopSharing[] = []

afterEach(async () => {
  await Promise.all(stops.splice(0).map(stop => stop()))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The path at which these messages are shared. */
async function sharing(messages: readonly ReturnType<typeof kept>[], path = newPath()) {
  const store = new MemoryStore()
  for (const message of messages) store.put(message)
  stops.push((await share(store, path)) ?? expect.fail('it is not shared'))
  return path
}

/** A program that answers a reader with these bytes. */
async function answering(bytes: Uint8Array, path = newPath()): Promise<string> {
  await sharing([], path)
  await stops.pop()?.()
  const server: Server = createServer(socket => socket.end(bytes))
  await new Promise<void>(resolve => server.listen(path, resolve))
  stops.push(() => new Promise<void>(resolve => server.close(() => resolve())))
  return path
}

describe.skipIf(process.platform === 'win32')('a store that is shared', () => {
  test('is read by others, byte for byte', async () => {
    const messages = Array.from({ length: 500 }, (_, at) => kept(at, at, 1 + at * 17))
    const path = await sharing(messages)
    const [first, second] = await Promise.all([readShared(path), readShared(path)])
    expect(first?.map(({ clock, id }) => [clock, id])).toEqual(
      messages.map(({ clock, id }) => [clock, id])
    )
    expect(first?.every(({ sealed }, at) => messages[at]?.sealed.equals(sealed))).toBe(true)
    expect(second).toHaveLength(500)
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
    expect(await readShared(await sharing([kept(2, 2)], path))).toHaveLength(1)
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
    expect(await share(new MemoryStore(), path)).toBeUndefined()
    expect(await readShared(path)).toBeUndefined()
  })

  test.each([
    ['another version', Uint8Array.of(9, 0, 0, 0, 0)],
    ['nothing', new Uint8Array(0)],
    ['a message that is too long', Uint8Array.of(SHARING_VERSION, 255, 255, 255, 255)],
    ['no end', Buffer.concat([Uint8Array.of(SHARING_VERSION), frameOf(kept(1, 1))])]
  ])('is nothing where somebody says %s', async (_, bytes) => {
    expect(await readShared(await answering(bytes))).toBeUndefined()
  })
})

test('messages are read in whatever pieces they come', () => {
  const messages = [kept(1, 1, 1), kept(2 ** 41, 2, 8_000), kept(3, 3, 300)]
  const bytes = Buffer.concat([Uint8Array.of(SHARING_VERSION), ...messages.map(frameOf), END])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5_000 })), sizes => {
      const reader = new FrameReader()
      const found = []
      for (let at = 0; at < bytes.byteLength; ) {
        const size = sizes.shift() ?? bytes.byteLength
        found.push(...(reader.take(bytes.subarray(at, at + size)) ?? expect.fail('refused')))
        at += size
      }
      expect(reader.isDone).toBe(true)
      expect(found.map(({ clock }) => clock)).toEqual([1, 2 ** 41, 3])
    })
  )
})
