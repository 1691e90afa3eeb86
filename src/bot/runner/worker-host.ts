import { basename } from 'node:path'
import { Worker } from 'node:worker_threads'
import { codeOf, messageOf, SwarmchatError } from '../../base/errors.js'
import { badScript } from '../errors.js'
import type { Log } from '../log.js'
import type { Pace } from '../outbox.js'
import type { Update } from '../updates.js'
import { describe } from './describe.js'
import { whereItHangs } from './hang.js'
import type { Ending, Host, Slot } from './host.js'
import { eachLogLine } from './log-lines.js'
import type { FromWorker, ToWorker, WorkerData } from './worker-protocol.js'

/** How a script is run. */
export interface WorkerOptions {
  /** Absolute path. */
  readonly script: string
  readonly log: Log
  readonly env: NodeJS.ProcessEnv
}

/** A script has this long to load. Guess: a slow disk and a large dependency. */
const LOAD_MILLIS = 10_000
/** A thread that has not yielded for so long hangs, or for the time its handlers have where that is less. Guess. */
const HANG_MILLIS = 10_000
/** So often it is asked. */
const PING_MILLIS = 1_000
/** Memory that a script may use, in MiB. Guess. */
const MAX_HEAP_MIB = 1_024

type LoadedMessage = Extract<FromWorker, { type: 'loaded' }>

/** Runs a script in a thread of its own. Rejects with BAD_SCRIPT where it cannot run. */
export async function startWorker(options: WorkerOptions): Promise<WorkerHost> {
  const host = new WorkerHost(options)
  await host.loaded()
  return host
}

/** A script in a thread: what it does wrong ends the thread, and never touches a room. */
export class WorkerHost implements Host {
  readonly ended: Promise<Ending>
  readonly #options: WorkerOptions
  readonly #worker: Worker
  // BOUNDED: by the rooms on the command line.
  readonly #slots = new Map<number, Slot>()
  // BOUNDED: one per room.
  readonly #open = new Map<number, () => void>()
  readonly #outcome: Promise<LoadedMessage>
  #onloaded: (message: LoadedMessage) => void = () => {}
  #onfailed: (reason: Error) => void = () => {}
  #onended: (ending: Ending) => void = () => {}
  #onstopped: () => void = () => {}
  #loaded: LoadedMessage | undefined
  #pinger: NodeJS.Timeout | undefined
  #unanswered = 0
  #last = 0
  #stopping = false

  constructor(options: WorkerOptions) {
    this.#options = options
    this.ended = new Promise(resolve => {
      this.#onended = resolve
    })
    this.#outcome = new Promise((resolve, reject) => {
      this.#onloaded = resolve
      this.#onfailed = reject
    })
    this.#worker = newWorker(options)
    this.#worker.on('message', (message: FromWorker) => this.#take(message))
    this.#worker.on('error', thrown => this.#end(crashReason(thrown, options.script)))
    this.#worker.on('exit', () => this.#end(`${basename(options.script)} ended its process`))
    eachLogLine(this.#worker.stdout, line => options.log.info(line))
    eachLogLine(this.#worker.stderr, line => options.log.warn(line))
  }

  get pace(): Partial<Pace> | undefined {
    return this.#loaded?.pace
  }

  /** Resolves when the script has loaded. Rejects with BAD_SCRIPT. */
  async loaded(): Promise<void> {
    const timer = setTimeout(
      () => void this.#hangs('did not finish loading', LOAD_MILLIS),
      LOAD_MILLIS
    )
    try {
      this.#loaded = await this.#outcome
      this.#pinger = setInterval(() => this.#ping(), PING_MILLIS)
    } catch (thrown) {
      await this.#worker.terminate()
      throw thrown
    } finally {
      clearTimeout(timer)
    }
  }

  enter(slot: Slot): void {
    this.#slots.set(slot.index, slot)
    const { desk, index, stateFile } = slot
    const { me, name } = desk
    this.#send({ type: 'enter', room: index, name, me, members: desk.members(), stateFile })
  }

  dispatch(slot: Slot, update: Update): Promise<void> {
    if (this.#stopping) return Promise.resolve()
    const seq = ++this.#last
    return new Promise(resolve => {
      this.#open.set(seq, resolve)
      this.#send({ type: 'update', room: slot.index, seq, update })
    })
  }

  async stop(grace: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const stopped = new Promise<void>(resolve => {
      this.#onstopped = resolve
      timer = setTimeout(() => {
        this.#options.log.warn('handlers took too long to finish and were ended')
        resolve()
      }, grace)
    })
    this.#send({ type: 'stop' })
    await Promise.race([stopped, this.ended])
    clearTimeout(timer)
    this.#finish()
    await this.#worker.terminate()
  }

  #take(message: FromWorker): void {
    switch (message.type) {
      case 'loaded':
        this.#onloaded(message)
        break
      case 'failed':
        this.#onfailed(badScript(message.message))
        break
      case 'done':
        this.#open.get(message.seq)?.()
        this.#open.delete(message.seq)
        break
      case 'say':
        void this.#say(message)
        break
      case 'log':
        this.#options.log[message.level](message.message, message.fields)
        break
      case 'pong':
        this.#unanswered = 0
        break
      case 'stopped':
        this.#onstopped()
    }
  }

  async #say({ call, cause, room, text }: Extract<FromWorker, { type: 'say' }>): Promise<void> {
    try {
      const id = await this.#slots.get(room)?.desk.post(text, cause)
      if (id !== undefined) this.#send({ type: 'said', call, id })
    } catch (thrown) {
      const hint = thrown instanceof SwarmchatError ? thrown.hint : ''
      const code = codeOf(thrown) ?? 'UNKNOWN'
      this.#send({ type: 'unsaid', call, code, message: messageOf(thrown), hint })
    }
  }

  #ping(): void {
    const patience = Math.min(HANG_MILLIS, this.#loaded?.timeout ?? HANG_MILLIS)
    const waited = this.#unanswered * PING_MILLIS
    if (this.#unanswered > 1 && waited > patience) void this.#hangs('does not yield', waited)
    this.#unanswered += 1
    this.#send({ type: 'ping' })
  }

  async #hangs(what: string, millis: number): Promise<void> {
    clearInterval(this.#pinger)
    const { script } = this.#options
    const place = (await whereItHangs(script)) ?? basename(script)
    this.#end(`${place}: the script ${what} for ${millis / 1000} s`)
    await this.#worker.terminate()
  }

  #end(reason: string): void {
    this.#onfailed(badScript(`${reason}.`))
    if (!this.#stopping) this.#onended({ type: 'crash', reason })
    this.#finish()
  }

  // Nobody waits for a thread that is gone.
  #finish(): void {
    this.#stopping = true
    clearInterval(this.#pinger)
    for (const resolve of this.#open.values()) resolve()
    this.#open.clear()
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message)
  }
}

// The sources run as they are where nothing was built: in bin/dev.js and in tests.
function newWorker({ env, script }: WorkerOptions): Worker {
  const typed = import.meta.url.endsWith('.ts')
  const url = new URL(typed ? './worker.ts' : './worker.js', import.meta.url)
  const workerData: WorkerData = { script }
  return new Worker(url, {
    workerData,
    env,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB },
    ...(typed ? { execArgv: ['--import', 'tsx'] } : {})
  })
}

function crashReason(thrown: unknown, script: string): string {
  if (codeOf(thrown) === 'ERR_WORKER_OUT_OF_MEMORY')
    return `${basename(script)}: the script used more than ${MAX_HEAP_MIB} MiB of memory`
  return describe(thrown, script)
}
