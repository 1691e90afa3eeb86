import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Millis } from '../base/time.js'
import type { Merged } from './merged.js'
import { END, FrameReader, frameOf, headOf, readResult, resultOf } from './shared-frames.js'
import { connectShared } from './shared-socket.js'
import type { Kept } from './store.js'

/** What a program lets others of its user do to what it has. */
export interface Changeable {
  /** Takes in what it lacks of these. Rejects if that cannot be written. */
  merge(messages: AsyncIterable<readonly Kept[]>): Promise<Merged>
  /** Deletes all that there is now; how many messages that was. Rejects if it cannot. */
  forget(): Promise<number>
}

/** What is asked of a program that shares: one byte. */
const MERGE = 'm'.charCodeAt(0)
const FORGET = 'd'.charCodeAt(0)

/** Who does nothing for so long while something is changed is given up. Guess: a busy machine deletes a large room in less. */
const SILENT_MILLIS: Millis = 60_000

/** Answers a request of another program that is to change something; false if this is none. */
export async function answerChange(
  shared: Changeable,
  request: number | undefined,
  socket: Socket
): Promise<boolean> {
  if (request !== MERGE && request !== FORGET) return false
  socket.setTimeout(SILENT_MILLIS)
  if (request === MERGE) socket.end(resultOf(await shared.merge(messagesOf(socket))))
  else socket.end(resultOf({ imported: await shared.forget(), known: 0, refused: 0 }))
  return true
}

/**
 * Has the program that has the database delete all; how many messages that was, or that it does not. Undefined if there is none.
 * Never rejects.
 */
export async function forgetShared(path: string): Promise<number | 'refused' | undefined> {
  const socket = await connectShared(path)
  socket?.write(Uint8Array.of(FORGET))
  return socket && ((await answerOf(socket))?.imported ?? 'refused')
}

/** Hands messages to the program that has a database. */
export class SharedMerge {
  readonly #socket: Socket

  /** Undefined if no program has the database, or none shares it. Never rejects. */
  static async open(path: string): Promise<SharedMerge | undefined> {
    const socket = await connectShared(path)
    return socket && new SharedMerge(socket)
  }

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#socket.write(Uint8Array.of(MERGE))
    this.#socket.write(headOf({ epoch: undefined, last: 0 }))
  }

  /** Hands one over; true if no more should come before {@link flush} has resolved. */
  put(message: Kept): boolean {
    return !this.#socket.write(frameOf({ ...message, number: 0 }))
  }

  /** Resolves when more can be handed over, or that program is gone. */
  async flush(): Promise<void> {
    const { destroyed, writableNeedDrain } = this.#socket
    if (destroyed || !writableNeedDrain) return
    const ending = new AbortController()
    const { signal } = ending
    await Promise.race([
      once(this.#socket, 'drain', { signal }),
      once(this.#socket, 'close', { signal })
    ]).catch(() => {})
    ending.abort()
  }

  /** All were handed over: what became of them, when it is on the disk; undefined if that program does not say. */
  finish(): Promise<Merged | undefined> {
    this.#socket.write(END)
    return answerOf(this.#socket)
  }

  close(): void {
    this.#socket.destroy()
  }
}

async function answerOf(socket: Socket): Promise<Merged | undefined> {
  socket.setTimeout(SILENT_MILLIS, () => socket.destroy())
  try {
    for await (const piece of socket) {
      const result = readResult(piece)
      if (result !== undefined) return result
    }
  } catch {
    // It went.
  } finally {
    socket.destroy()
  }
  return undefined
}

/** Up to their end. Throws if it does not come. */
async function* messagesOf(socket: Socket): AsyncGenerator<readonly Kept[]> {
  const reader = new FrameReader()
  for await (const piece of socket.iterator({ destroyOnReturn: false })) {
    const taken = reader.take(piece)
    if (taken === undefined) break
    yield taken.messages
    if (taken.isEnd) return
  }
  throw new Error('the end is missing')
}
