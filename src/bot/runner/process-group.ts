import type { ChildProcess } from 'node:child_process'
import { atMost } from '../../async/at-most.js'
import type { Millis } from '../../base/time.js'

/** How a process ended: by itself, or by a signal. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Windows has no process groups. */
const HAS_GROUPS = process.platform !== 'win32'

/** Options for `spawn` and `fork`: the child leads a group of its own, so that Ctrl-C does not reach it. */
export const OWN_GROUP = { detached: HAS_GROUPS } as const

/** What a process wrote last is read within this. A pipe may stay open: others can hold it. Guess. */
const READ_MILLIS: Millis = 500

// BOUNDED: by the programs that run at once: one per room.
const running = new Set<ProcessGroup>()

/**
 * A child process, started with {@link OWN_GROUP}, and whatever it starts in turn. A signal is for all of them, and none of
 * them outlives the child, or our own process, however that ends by itself.
 */
export class ProcessGroup {
  /** Resolves when the child has ended. */
  readonly exited: Promise<Exit>
  readonly #child: ChildProcess
  readonly #closed: Promise<void>
  #isOver = false

  constructor(child: ChildProcess) {
    this.#child = child
    this.#closed = new Promise(resolve => child.once('close', () => resolve()))
    this.exited = new Promise(resolve =>
      child.once('exit', (code, signal) => {
        this.kill('SIGKILL')
        this.#isOver = true
        forget(this)
        resolve({ code, signal })
      })
    )
    remember(this)
  }

  /** Sends a signal to all of them. */
  kill(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined || this.#isOver) return
    try {
      process.kill(HAS_GROUPS ? -pid : pid, signal)
    } catch {
      // None of them is left.
    }
  }

  /** Resolves when the child has ended and what it wrote last was read. */
  async finished(): Promise<Exit> {
    const exit = await this.exited
    await atMost(READ_MILLIS, this.#closed)
    return exit
  }
}

/** Ends this process, which leads a group, and all that it has started. */
export function endOwnGroup(): void {
  process.kill(HAS_GROUPS ? -process.pid : process.pid, 'SIGKILL')
}

function remember(group: ProcessGroup): void {
  if (running.size === 0) process.on('exit', killAll)
  running.add(group)
}

function forget(group: ProcessGroup): void {
  running.delete(group)
  if (running.size === 0) process.off('exit', killAll)
}

function killAll(): void {
  for (const group of running) group.kill('SIGKILL')
}
