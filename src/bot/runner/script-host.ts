import { type ChildProcess, fork } from 'node:child_process'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { codeOf, hintOf, messageOf } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import { eachLine } from '../../ndjson/lines.js'
import { badScript, botStopped, sentence, slowScript } from '../errors.js'
import type { Log } from '../log.js'
import type { Pace } from '../outbox.js'
import type { Update } from '../updates.js'
import { ENTRY_ARGV, entryFile } from './entry.js'
import type { Ending, Host, Slot } from './host.js'
import { eachLogLine } from './log-lines.js'
import { type Exit, OWN_GROUP, ProcessGroup } from './process-group.js'
import {
  type FromScript,
  type ToScript,
  WATCHDOG_FD,
  type WatchdogReport
} from './script-messages.js'

/** How a script is run. */
export interface ScriptOptions {
  /** Absolute path. */
  readonly script: string
  readonly log: Log
  readonly env: NodeJS.ProcessEnv
  /** A directory of ours where compiled scripts are kept. */
  readonly cache: string
  /** Memory that the script may use for its objects, in MiB. Default MAX_HEAP_MIB. */
  readonly maxHeapMib?: number
}

/** Memory that a script may use, in MiB. Guess. */
const MAX_HEAP_MIB = 1_024
/** A script that has not loaded by then, though it yields, waits for something: it is tried again. Guess. */
const MAX_LOAD_MILLIS: Millis = 120_000
/** A script that is still loading after this is told of, and again after twice as long. Guess. */
const FIRST_NOTICE_MILLIS: Millis = 10_000
/** How V8 begins to say that memory is exhausted. */
const LAST_WORDS_OF_V8 = '<--- Last few GCs'

type LoadedMessage = Extract<FromScript, { type: 'loaded' }>

/** Runs a script in a process of its own. Rejects with BAD_SCRIPT if it cannot run, or when the signal fires. */
export async function startScript(
  options: ScriptOptions,
  signal: AbortSignal
): Promise<ScriptHost> {
  const host = new ScriptHost(options)
  await host.loaded(signal)
  return host
}

/** A script in a process: what it does wrong ends that process, and never touches a room. */
export class ScriptHost implements Host {
  readonly ended: Promise<Ending>
  readonly #options: ScriptOptions
  readonly #child: ChildProcess
  readonly #group: ProcessGroup
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
  /** Why the process ends, once that is known. */
  #reason: string | undefined
  #last = 0
  #isOver = false

  constructor(options: ScriptOptions) {
    this.#options = options
    this.ended = new Promise(resolve => {
      this.#onended = resolve
    })
    this.#outcome = new Promise((resolve, reject) => {
      this.#onloaded = resolve
      this.#onfailed = reject
    })
    this.#child = newProcess(options)
    this.#group = new ProcessGroup(this.#child)
    this.#listen()
  }

  get pace(): Partial<Pace> | undefined {
    return this.#loaded?.pace
  }

  get commands(): readonly string[] | undefined {
    return this.#loaded?.commands
  }

  /** Resolves when the script has loaded. Rejects with BAD_SCRIPT, SLOW_SCRIPT, or BOT_STOPPED when the signal fires. */
  async loaded(signal: AbortSignal): Promise<void> {
    const late = AbortSignal.timeout(MAX_LOAD_MILLIS)
    const ending = AbortSignal.any([signal, late])
    const onending = () => this.#onfailed(late.aborted ? slowScript(MAX_LOAD_MILLIS) : botStopped())
    ending.addEventListener('abort', onending)
    if (ending.aborted) onending()
    const endNotices = tellSlowness(this.#options.log)
    try {
      this.#loaded = await this.#outcome
    } catch (thrown) {
      await this.#kill()
      throw thrown
    } finally {
      endNotices()
      ending.removeEventListener('abort', onending)
    }
  }

  enter(slot: Slot): void {
    this.#slots.set(slot.index, slot)
    const { desk, index, stateFile } = slot
    const { me, name } = desk
    this.#send({ type: 'enter', room: index, name, me, members: desk.members(), stateFile })
  }

  dispatch(slot: Slot, update: Update): Promise<boolean> {
    if (this.#isOver) return Promise.resolve(false)
    const seq = ++this.#last
    if (!this.#send({ type: 'update', room: slot.index, seq, update }))
      return Promise.resolve(false)
    return new Promise(resolve => {
      this.#open.set(seq, () => resolve(true))
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
    await Promise.race([stopped, this.#group.exited])
    clearTimeout(timer)
    this.#finish()
    await this.#kill()
  }

  #listen(): void {
    const { log } = this.#options
    const { stderr, stdio, stdout } = this.#child
    this.#child.on('message', message => this.#hear(message))
    this.#child.on('error', thrown => this.#end(`its process fails: ${messageOf(thrown)}`))
    void this.#group.finished().then(exit => this.#end(this.#reasonOf(exit)))
    if (stdout !== null) eachLogLine(stdout, line => log.info(line))
    if (stderr !== null) eachLogLine(stderr, line => this.#hearError(line))
    const reports = stdio[WATCHDOG_FD]
    if (reports instanceof Readable) eachLine(reports, line => this.#hearWatchdog(line))
  }

  // A script can write to our channels: nothing that it writes may be thrown in here.
  #hear(message: unknown): void {
    try {
      this.#take(message as FromScript)
    } catch (thrown) {
      this.#options.log.error(`not understood: ${messageOf(thrown)}`)
    }
  }

  #take(message: FromScript): void {
    switch (message.type) {
      case 'loaded':
        this.#onloaded(message)
        break
      case 'failed':
        this.#onfailed(badScript(sentence(message.message), { hint: message.hint }))
        break
      case 'crashed':
        this.#reason ??= message.reason
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
      case 'stopped':
        this.#onstopped()
    }
  }

  async #say({ call, cause, room, saying }: Extract<FromScript, { type: 'say' }>): Promise<void> {
    try {
      const id = await this.#slots.get(room)?.desk.post(saying, cause)
      if (id !== undefined) this.#send({ type: 'said', call, id })
    } catch (thrown) {
      const [code, hint] = [codeOf(thrown) ?? 'UNKNOWN', hintOf(thrown)]
      this.#send({ type: 'unsaid', call, code, message: messageOf(thrown), hint })
    }
  }

  #hearWatchdog(line: string): void {
    const report = parseReport(line)
    if (report === undefined) return
    const { millis, place = basename(this.#options.script) } = report
    const who = this.#loaded === undefined ? 'the script did not finish loading: it' : 'the script'
    this.#reason ??= `${place}: ${who} has not yielded for ${millis / 1000} s`
    this.#group.kill('SIGKILL')
  }

  // What V8 writes when memory is exhausted fills a screen, and says no more than our own sentence.
  #hearError(line: string): void {
    if (line.startsWith(LAST_WORDS_OF_V8)) this.#reason ??= this.#outOfMemory()
    if (this.#reason === undefined) this.#options.log.warn(line)
  }

  #outOfMemory(): string {
    const { maxHeapMib = MAX_HEAP_MIB, script } = this.#options
    return `${basename(script)}: the script used more than ${maxHeapMib} MiB of memory`
  }

  #reasonOf({ code, signal }: Exit): string {
    if (this.#reason !== undefined) return this.#reason
    const name = basename(this.#options.script)
    if (signal !== null) return `${name} was ended by ${signal}`
    return `${name} ended its process${code === 0 ? '' : ` with exit code ${code}`}`
  }

  async #kill(): Promise<void> {
    this.#group.kill('SIGKILL')
    await this.#group.finished()
  }

  #end(reason: string): void {
    this.#onfailed(badScript(sentence(reason)))
    if (!this.#isOver) this.#onended({ type: 'crash', reason })
    this.#finish()
  }

  // Nobody waits for a process that is gone.
  #finish(): void {
    this.#isOver = true
    for (const resolve of this.#open.values()) resolve()
    this.#open.clear()
  }

  /** False if the process has ended, or is about to, and never hears of it. */
  #send(message: ToScript): boolean {
    const { connected } = this.#child
    if (connected) this.#child.send(message, () => {})
    return connected
  }
}

function newProcess({ cache, env, maxHeapMib = MAX_HEAP_MIB, script }: ScriptOptions) {
  return fork(entryFile('script-main'), [script, cache], {
    env,
    execArgv: [...ENTRY_ARGV, `--max-old-space-size=${maxHeapMib}`],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
    ...OWN_GROUP
  })
}

function parseReport(line: string): WatchdogReport | undefined {
  try {
    const report = JSON.parse(line)
    return typeof report?.millis === 'number' ? report : undefined
  } catch {
    return undefined
  }
}

/** Says after a while, and then less and less often, that a script is still loading. Gives what ends that. */
function tellSlowness(log: Log): () => void {
  let waited = FIRST_NOTICE_MILLIS
  const tell = () => {
    log.info(`the script is still loading after ${waited / 1000} s`)
    timer = setTimeout(tell, waited)
    waited *= 2
  }
  let timer = setTimeout(tell, waited)
  return () => clearTimeout(timer)
}
