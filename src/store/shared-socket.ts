import { connect, type Socket } from 'node:net'

/** A longer path cannot be listened on: what macOS takes, without the byte that ends it. */
const MAX_PATH_BYTES = 103

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
