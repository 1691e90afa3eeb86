import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { ReadReports, WINDOW, WriteWindow } from '../../src/pipe/flow.js'
import type { SecretStream } from '../../src/swarm/dht/stream-types.js'

/** Just what the window sees of a connection; what it sends arrives at the other one. */
class FakeStream extends EventEmitter {
  other: FakeStream | undefined
  readonly sent: Buffer[] = []
  readonly destroying = false
  trySend(datagram: Buffer): void {
    this.sent.push(datagram)
    this.other?.emit('message', datagram)
  }
}

/** The report that a reader has read so many bytes. */
function report(bytes: number): Buffer {
  const stream = new FakeStream()
  new ReadReports(stream as unknown as SecretStream).read(bytes)
  stream.emit('close')
  return stream.sent.at(-1) ?? Buffer.alloc(0)
}

function open() {
  const stream = new FakeStream()
  const window = new WriteWindow(stream as unknown as SecretStream)
  const hears = (datagram: Buffer) => stream.emit('message', datagram)
  /** Whether so many bytes more fit. */
  const fits = async (bytes: number) => {
    let fit = false
    void window
      .sent(bytes, () => false)
      .then(() => {
        fit = true
      })
    await new Promise(setImmediate)
    return fit
  }
  return { stream, window, hears, fits }
}

const MEGABYTE = 1024 * 1024

test('a reader that never reports holds nobody up', async () => {
  const { fits, window } = open()
  expect(await fits(10 * WINDOW)).toBe(true)
  expect(window.heard).toBe(false)
})

test('a writer stays within the window of a reader that reports', async () => {
  const { fits, hears } = open()
  hears(report(0))
  expect(await fits(WINDOW)).toBe(true)
  const waiting = fits(MEGABYTE)
  expect(await waiting).toBe(false)
  hears(report(MEGABYTE))
  expect(await fits(0)).toBe(true)
})

test('a reader that claims to have read more than was sent is not believed', async () => {
  const { fits, hears } = open()
  hears(report(0))
  expect(await fits(MEGABYTE)).toBe(true)
  hears(report(1_000 * MEGABYTE))
  expect(await fits(2 * WINDOW)).toBe(false)
})

test('what is no report is passed over', async () => {
  const { fits, hears, window } = open()
  for (const junk of [
    Buffer.alloc(0),
    Buffer.alloc(24),
    Buffer.from('swarmchat-read/1'),
    report(1).subarray(1)
  ]) {
    hears(junk)
  }
  expect(window.heard).toBe(false)
  expect(await fits(10 * WINDOW)).toBe(true)
})
