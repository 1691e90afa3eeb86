import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import type { Millis } from '../../src/base/time.js'
import { cpuOfGroup } from './cpu.js'

/** How often a process is looked at. */
const LOOK_MILLIS: Millis = 500
/** Who has used less than `IDLE_CPU_MILLIS` of processor time in this waits for what will never come. */
const IDLE_MILLIS: Millis = 300_000
const IDLE_CPU_MILLIS: Millis = 500

/** How a process ended. */
export interface Ended {
  /** Null if it was killed. */
  readonly code: number | null
  /** Processor time that it and its children used, in ms. */
  readonly cpu: Millis
}

/**
 * A process and what it starts, held to an amount of processor time: a busy machine makes it slow, and that is not its
 * fault. One that does nothing for five minutes is ended, too.
 */
export class Watched {
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess
  readonly #limit: Millis
  readonly #timer: NodeJS.Timeout
  #cpu: Millis = 0
  #progressAt = performance.now()
  #progressCpu: Millis = 0

  constructor(args: readonly string[], limit: Millis, options: SpawnOptions) {
    this.#child = spawn(process.execPath, args, { ...options, detached: true })
    this.#limit = limit
    this.#timer = setInterval(() => this.#look(), LOOK_MILLIS)
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('exit', code => {
        clearInterval(this.#timer)
        resolve({ code, cpu: this.#cpu })
      })
    })
  }

  /** Ends it and all that it started: they are a group of their own. */
  kill(): void {
    const { exitCode, pid, signalCode } = this.#child
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
  }

  #look(): void {
    const now = performance.now()
    const used = this.#child.pid === undefined ? undefined : cpuOfGroup(this.#child.pid)
    // What has ended and was not waited for yet is not counted for a moment.
    this.#cpu = Math.max(this.#cpu, used ?? 0)
    if (this.#cpu - this.#progressCpu >= IDLE_CPU_MILLIS) {
      this.#progressAt = now
      this.#progressCpu = this.#cpu
    }
    if (this.#cpu > this.#limit || now - this.#progressAt > IDLE_MILLIS) this.kill()
  }
}
