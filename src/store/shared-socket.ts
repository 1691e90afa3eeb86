import { connect, type Socket } from 'node:net'
import { onAborted } from '../async/until-aborted.js'
import type { Millis } from '../base/time.js'

/** A longer path cannot be listened on: what macOS takes, without the byte that ends it. */
const MAX_PATH_BYTES = 103
/** A reader, or a program that is read from, that does nothing for so long is given up. Guess: a disk that sleeps wakes up sooner. */
export const SILENT_MILLIS: Millis = 10_000

/** True if programs can meet at this path: not on Windows, and not if it is too long. */
export function canShare(path: string): boolean {
  return process.platform !== 'win32' && Buffer.byteLength(path) <= MAX_PATH_BYTES
}

/** Connects to the program that shares at this path; undefined if none does. */
export function connectShared(path: string): Promise<Socket | undefined> {
  if (!canShare(path)) return Promise.resolve(undefined)
  return new Promise(resolve => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    // Later ones as well: what is missing then is noticed.
    socket.on('error', () => resolve(undefined))
  })
}

/** The first byte that comes; the others are read next. Rejects if none does. */
export function firstByte(socket: Socket): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    socket.once('data', (bytes: Buffer) => {
      socket.pause()
      if (bytes.byteLength > 1) socket.unshift(bytes.subarray(1))
      resolve(bytes[0])
    })
    socket.once('close', () => reject(new Error('nothing was asked for')))
  })
}

/**
 * What a program that shares answers to a request of one byte, as it is read from its socket, until `signal` fires, that
 * program tells no more, or is silent for so long that it is given up. Nothing where nobody is there. Never rejects.
 */
export async function* askShared<T>(
  path: string,
  request: number,
  itemsOf: (socket: Socket) => AsyncGenerator<T>,
  signal?: AbortSignal
): AsyncGenerator<T> {
  if (!canShare(path) || signal?.aborted) return
  const socket = connect(path)
  const off = onAborted(signal, () => socket.destroy())
  socket.setTimeout(SILENT_MILLIS, () => socket.destroy())
  socket.write(Uint8Array.of(request))
  try {
    yield* itemsOf(socket)
  } catch {
    // Nobody is there, or goes.
  } finally {
    off()
    socket.destroy()
  }
}
