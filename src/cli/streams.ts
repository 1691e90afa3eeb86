import type { Readable, Writable } from 'node:stream'
import { codeOf, SwarmchatError } from '../base/errors.js'
import { hideLinks } from '../base/links.js'
import { reasonOf } from '../base/system-errors.js'
import type { Millis } from '../base/time.js'

/** A standard stream: a terminal, a pipe or a file. */
type Standard<T> = T & { readonly isTTY?: boolean }

/** The standard streams that can be owned before anybody needs them; input is opened when it is first touched. */
export interface Outputs {
  readonly stdout: Standard<Writable>
  readonly stderr: Standard<Writable>
}

/** Whoever reads us has gone: no fault of ours, and of nobody's interest. */
const READER_GONE = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'])
/** What a terminal says that was closed. */
const TERMINAL_GONE = new Set(['EIO', 'ENXIO', 'ENOTTY', 'EBADF'])

/** Most that waits for a reader who does not read, in bytes. Guess: hours of a busy room, and little beside a program. */
export const MAX_WAITING_BYTES = 64 * 1024 * 1024
/** So often it is looked how much waits. */
const LOOK_MILLIS: Millis = 1_000

/** OUTPUT_LOST: what we say cannot be written. Exit code 1. */
export const outputLost = (thrown: unknown) =>
  new SwarmchatError('OUTPUT_LOST', `Standard output cannot be written: ${reasonOf(thrown)}.`, {
    hint: 'Make room there, or write somewhere else.',
    exitCode: 1,
    cause: thrown
  })

/** INPUT_LOST: what we are told cannot be read. Told, not thrown: it counts as the end of the input. */
const inputLost = (thrown: unknown) =>
  new SwarmchatError('INPUT_LOST', `Standard input cannot be read: ${reasonOf(thrown)}.`, {
    hint: 'It is treated as the end of the input.',
    exitCode: 1,
    cause: thrown
  })

const notRead = () => new Error(`nobody reads it, and ${MAX_WAITING_BYTES / 2 ** 20} MiB wait`)

/**
 * The one owner of the errors of this process's standard streams. Where output is lost, `lost` fires: whoever is in a
 * room leaves it properly. A reader that has had enough (`head`) and a terminal that was closed are no failure; a full
 * disk is said on stderr, and the exit code is 1; so is a reader who has not read for so long that MAX_WAITING_BYTES wait
 * (Node keeps what a pipe does not take). Errors of stderr itself end nothing.
 */
export class StandardStreams {
  readonly #streams: Outputs
  readonly #loss = new AbortController()
  readonly #inputs = new WeakSet<Readable>()
  #looking: NodeJS.Timeout | undefined
  #failed = false
  #stalled = false

  constructor(streams: Outputs) {
    this.#streams = streams
  }

  /** Fires when nobody sees any more what we write, or the terminal is gone. */
  get lost(): AbortSignal {
    return this.#loss.signal
  }

  /** Takes over from every other listener for errors of the outputs; again after a library was loaded that listens too. */
  own(): void {
    const { stderr, stdout } = this.#streams
    take(stdout, thrown => this.#onOutputError(thrown))
    take(stderr, thrown => isHangUp(stderr, thrown) && this.#lose())
    this.#looking ??= setInterval(() => this.#look(), LOOK_MILLIS).unref()
  }

  /** Takes over the errors of the input; a reader of lines still hears of them, as of the end. */
  ownInput(input: Standard<Readable>): void {
    if (this.#inputs.has(input)) return
    this.#inputs.add(input)
    input.on('error', thrown => {
      if (isHangUp(input, thrown)) this.#lose()
      else this.tell(inputLost(thrown))
    })
  }

  /** Says an error on stderr: the sentence, and below it what to do; never what an invitation says. */
  tell({ hint, message }: Pick<SwarmchatError, 'hint' | 'message'>): void {
    const advice = hint === '' ? '' : `  ${hint}\n`
    this.#streams.stderr.write(hideLinks(`swarmchat: ${message}\n${advice}`))
  }

  /** How a command ends that would have ended with this code. */
  exitCode(code: number): number {
    return code === 0 && this.#failed ? 1 : code
  }

  /** Resolves when everything that was written has left us, or cannot, or waits for nobody. */
  async flushed(): Promise<void> {
    const { stderr, stdout } = this.#streams
    if (this.#stalled) return flush(stderr)
    await Promise.all([flush(stdout), flush(stderr)])
  }

  #look(): void {
    if (this.#streams.stdout.writableLength <= MAX_WAITING_BYTES || this.#stalled) return
    this.#stalled = true
    this.#onOutputError(notRead())
  }

  #onOutputError(thrown: unknown): void {
    if (this.lost.aborted) return
    const quiet = READER_GONE.has(codeOf(thrown) ?? '') || isHangUp(this.#streams.stdout, thrown)
    this.#failed = !quiet
    if (!quiet) this.tell(outputLost(thrown))
    this.#lose()
  }

  #lose(): void {
    this.#loss.abort()
  }
}

/** Those of this process. */
export const standardStreams = new StandardStreams(process)

function take(stream: Writable, onerror: (thrown: unknown) => void): void {
  stream.removeAllListeners('error')
  stream.on('error', onerror)
}

function isHangUp({ isTTY }: { readonly isTTY?: boolean }, thrown: unknown): boolean {
  return isTTY === true && TERMINAL_GONE.has(codeOf(thrown) ?? '')
}

function flush(stream: Writable): Promise<void> {
  return new Promise(resolve => stream.write('', () => resolve()))
}
