import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Millis } from '../base/time.js'
import { END, FrameReader, frameOf, SHARING_VERSION } from './shared-frames.js'
import type { Kept, MessageStore } from './store.js'

/** Programs that read at once. Guess: more than anybody starts. */
const MAX_READERS = 8
/** A reader, or a program that is read from, that does nothing for so long is given up. Guess: a disk that sleeps wakes up sooner. */
const SILENT_MILLIS: Millis = 10_000
/** A longer path cannot be listened on: what macOS takes, without the byte that ends it. */
const MAX_PATH_BYTES = 103
/** Bytes that are read of another program: more than a room of the largest size. */
const MAX_READ_BYTES = 8_000_000_000

/** What is shared. */
type Shared = Pick<MessageStore, 'load'>

/** Ends the sharing. Idempotent; resolves when nobody listens any more. */
export type StopSharing = () => Promise<void>

/**
 * Gives what this store has to other programs of the same user, over a socket at this path: only its owner may enter the
 * directory (0700) or connect (0600). Whoever calls this has the store's database open, so a socket that is there is left
 * over. Undefined where there are no such sockets: on Windows, and for a path that is too long.
 */
export async function share(store: Shared, path: string): Promise<StopSharing | undefined> {
  if (!canShare(path)) return undefined
  // BOUNDED: MAX_READERS.
  const readers = new Set<Socket>()
  const server = createServer(socket => {
    readers.add(socket)
    socket.on('close', () => readers.delete(socket))
    void give(store, socket)
  })
  server.maxConnections = MAX_READERS
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  rmSync(path, { force: true })
  await listen(server, path)
  chmodSync(path, 0o600)
  return () => stop(server, readers)
}

/** What the program that has the database has in it; undefined if none gives it. Never rejects. */
export async function readShared(path: string): Promise<readonly Kept[] | undefined> {
  if (!canShare(path)) return undefined
  const socket = connect(path)
  socket.setTimeout(SILENT_MILLIS, () => socket.destroy())
  try {
    return await readAll(socket)
  } catch {
    return undefined
  } finally {
    socket.destroy()
  }
}

function canShare(path: string): boolean {
  return process.platform !== 'win32' && Buffer.byteLength(path) <= MAX_PATH_BYTES
}

async function readAll(socket: Socket): Promise<Kept[] | undefined> {
  const reader = new FrameReader()
  const all: Kept[] = []
  for await (const piece of socket) {
    const found = reader.take(piece)
    if (found === undefined || socket.bytesRead > MAX_READ_BYTES) return undefined
    for (const message of found) all.push(message)
    if (reader.isDone) return all
  }
  return undefined
}

async function give(store: Shared, socket: Socket): Promise<void> {
  socket.setTimeout(SILENT_MILLIS, () => socket.destroy())
  // What cannot be read, or is not wanted any more, ends early: the reader sees that the end is missing.
  await pipeline(Readable.from(framesOf(store)), socket).catch(() => socket.destroy())
}

async function* framesOf(store: Shared): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(SHARING_VERSION)
  for (const message of await store.load()) yield frameOf(message)
  yield END
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  // It is for readers alone: the room goes on without it.
  server.on('error', () => {})
  server.unref()
}

async function stop(server: Server, readers: ReadonlySet<Socket>): Promise<void> {
  for (const socket of readers) socket.destroy()
  await new Promise<void>(resolve => server.close(() => resolve()))
}
