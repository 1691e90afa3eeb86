import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { atMost } from '../async/at-most.js'
import type { Millis } from '../base/time.js'
import type { Log, Logged } from './log.js'
import { answerChange, type Changeable } from './shared-changes.js'
import { answerWatch, type Deletable } from './shared-deletions.js'
import { END, FrameReader, frameOf, headOf } from './shared-frames.js'
import { askShared, canShare, firstByte, SILENT_MILLIS } from './shared-socket.js'

/** Programs that read at once. Guess: more than anybody starts. */
const MAX_READERS = 32
/** Bytes that are read of another program: more than a room of the largest size. */
const MAX_READ_BYTES = 8_000_000_000

/** A reader that follows hears something so often, if only that there is nothing new. */
const HEARTBEAT_MILLIS: Millis = 3_000
/** Messages that wait for a reader that follows: it is cut off then, and begins anew. Guess: a room that is caught up with. */
const MAX_WAITING = 20_000

/** What is shared. */
export interface Shared extends Changeable, Deletable {
  /** All that there is now. */
  log(): Promise<Log>
  /** Tells of what comes from now on, in order, until the function is called that this gives. */
  follow(listener: (messages: readonly Logged[]) => void): () => void
}

/** What is asked of a program that shares: one byte. */
const READ = 'r'.charCodeAt(0)
const FOLLOW = 'f'.charCodeAt(0)

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
    socket.setTimeout(SILENT_MILLIS, () => socket.destroy())
    // What cannot be read, or is not wanted any more, ends early: the reader sees that the end is missing.
    void answer(store, socket).catch(() => socket.destroy())
  })
  server.maxConnections = MAX_READERS
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  rmSync(path, { force: true })
  await listen(server, path)
  chmodSync(path, 0o600)
  return () => stop(server, readers)
}

/** What the program that has the database has in it; undefined if none gives it. Never rejects. */
export async function readShared(path: string): Promise<Log | undefined> {
  for await (const log of askShared(path, READ, logsOf)) return log
  return undefined
}

/**
 * The same, and then what comes to it, until `signal` fires or that program gives no more. Each log after the first has what
 * is new. Never rejects.
 */
export function followShared(path: string, signal: AbortSignal): AsyncGenerator<Log> {
  return askShared(path, FOLLOW, logsOf, signal)
}

async function* logsOf(socket: Socket): AsyncGenerator<Log> {
  const reader = new FrameReader()
  // BOUNDED: MAX_READ_BYTES.
  let messages: Logged[] = []
  let isWhole = false
  for await (const piece of socket) {
    const taken = reader.take(piece)
    if (taken === undefined || (!isWhole && socket.bytesRead > MAX_READ_BYTES)) return
    for (const message of taken.messages) messages.push(message)
    const isNews = isWhole ? messages.length > 0 : taken.isEnd
    isWhole ||= taken.isEnd
    if (!isNews || reader.head === undefined) continue
    yield { ...reader.head, messages }
    messages = []
  }
}

async function answer(store: Shared, socket: Socket): Promise<void> {
  const request = await firstByte(socket)
  if (await answerChange(store, request, socket)) return
  if (await answerWatch(store, request, socket)) return
  // Nothing more is read, but for its end.
  socket.resume()
  if (request === FOLLOW) await pipeline(Readable.from(framesAsTheyCome(store)), socket)
  else if (request === READ) await pipeline(Readable.from(framesOf(await store.log())), socket)
  else socket.destroy()
}

function* framesOf(log: Log): Generator<Uint8Array> {
  yield headOf(log)
  for (const message of log.messages) yield frameOf(message)
  yield END
}

async function* framesAsTheyCome(store: Shared): AsyncGenerator<Uint8Array> {
  // BOUNDED: MAX_WAITING.
  let waiting: Logged[] = []
  let wake = () => {}
  const stop = store.follow(messages => {
    for (const message of messages) waiting.push(message)
    wake()
  })
  try {
    const log = await store.log()
    yield* framesOf(log)
    while (waiting.length <= MAX_WAITING) {
      const next = waiting.filter(({ number }) => number > log.last)
      waiting = []
      for (const message of next) yield frameOf(message)
      if (next.length === 0) {
        await somethingOr(HEARTBEAT_MILLIS, done => {
          wake = done
        })
        if (waiting.length === 0) yield END
      }
    }
  } finally {
    stop()
  }
}

async function somethingOr(after: Millis, give: (done: () => void) => void): Promise<void> {
  await atMost(after, new Promise<void>(give))
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
