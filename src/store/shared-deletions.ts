import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { atMost } from '../async/at-most.js'
import type { Millis } from '../base/time.js'
import { askShared } from './shared-socket.js'

// What a program tells others that wait for its database: when all that is kept was deleted last, ms since 1970, 8 bytes,
// big-endian, 0 if it never was; at once, whenever that changes, and every few seconds.

/** What a program that shares lets others know. */
export interface Deletable {
  /** When all that is kept was deleted last, ms since 1970; 0 if it never was. */
  deletedAt(): Millis
  /** Calls back whenever all was deleted, until the function is called that this gives. */
  ondeleted(listener: () => void): () => void
}

/** What is asked of a program that shares: one byte. */
const WATCH = 'w'.charCodeAt(0)

const TIME_BYTES = 8
/** So often something is told, if only that nothing is new. */
const HEARTBEAT_MILLIS: Millis = 3_000

/** Answers a request of another program that is to be told of deletions; false if this is none. */
export async function answerWatch(
  shared: Deletable,
  request: number | undefined,
  socket: Socket
): Promise<boolean> {
  if (request !== WATCH) return false
  socket.resume()
  await pipeline(Readable.from(timesOf(shared)), socket)
  return true
}

/**
 * When all was deleted, as the program tells that has the database, until `signal` fires or that program tells no more. Never
 * rejects.
 */
export function watchDeletions(path: string, signal: AbortSignal): AsyncGenerator<Millis> {
  return askShared(path, WATCH, timesIn, signal)
}

async function* timesOf(shared: Deletable): AsyncGenerator<Uint8Array> {
  let wake = () => {}
  const stop = shared.ondeleted(() => wake())
  try {
    for (;;) {
      const next = new Promise<void>(resolve => {
        wake = resolve
      })
      yield bytesOf(shared.deletedAt())
      await atMost(HEARTBEAT_MILLIS, next)
    }
  } finally {
    stop()
  }
}

async function* timesIn(socket: Socket): AsyncGenerator<Millis> {
  // BOUNDED: one piece, and less than a time.
  let rest: Uint8Array = new Uint8Array(0)
  for await (const piece of socket) {
    rest = Buffer.concat([rest, piece])
    for (; rest.byteLength >= TIME_BYTES; rest = rest.subarray(TIME_BYTES)) yield timeIn(rest)
  }
}

function bytesOf(time: Millis): Uint8Array {
  const bytes = new Uint8Array(TIME_BYTES)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(time))
  return bytes
}

const timeIn = (bytes: Uint8Array): Millis =>
  Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0))
