import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { deferred } from '../../async/deferred.js'
import { codeOf, messageOf } from '../../base/errors.js'
import { withoutByteOrderMark } from '../../base/plain-text.js'
import type { Millis } from '../../base/time.js'
import { errorJson, jsonLine } from '../../ndjson/codec.js'
import { eachLine } from '../../ndjson/lines.js'
import type { Cause } from '../desk.js'
import { badProgram, noProgram, notExecutable } from '../errors.js'
import type { Log } from '../log.js'
import type { Update } from '../updates.js'
import { type ChildFilter, parseAction, updateJson } from './child-json.js'
import type { Ending, Host, Slot } from './host.js'
import { eachLogLine } from './log-lines.js'
import { type Exit, OWN_GROUP, ProcessGroup } from './process-group.js'
import { StderrTail } from './stderr-tail.js'

/** How a program is run. */
export interface ChildOptions extends ChildFilter {
  /** The program and its arguments. */
  readonly command: readonly string[]
  readonly log: Log
  readonly env: NodeJS.ProcessEnv
}

/** A child that was told to stop by the end of its input is told again by a signal after this. Guess. */
const POLITE_MILLIS: Millis = 300
/** What is not understood is told of again after this. Guess. */
const COMPLAINT_MILLIS: Millis = 60_000

/** Starts a program. Rejects with NO_PROGRAM if there is none of that name, with BAD_PROGRAM if it cannot be started. */
export async function startChild(options: ChildOptions): Promise<ChildHost> {
  const [program = '', ...args] = options.command
  const child = spawn(program, args, { env: options.env, stdio: 'pipe', ...OWN_GROUP })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', thrown => reject(startError(program, thrown)))
  })
  return new ChildHost(child, options)
}

function startError(program: string, thrown: Error): Error {
  if (codeOf(thrown) === 'EACCES') return notExecutable(program, thrown)
  if (codeOf(thrown) !== 'ENOENT')
    return badProgram(`${program} cannot be started: ${messageOf(thrown)}.`, thrown)
  // A file that is there and still not found names an interpreter that is not.
  return isPath(program) && existsSync(program)
    ? badProgram(`${program} cannot be started: its first line names no interpreter here.`, thrown)
    : noProgram(program, thrown)
}

function isPath(program: string): boolean {
  return /[/\\]/.test(program)
}

/** A program that reads events and writes actions, one JSON object per line each. One child serves one room. */
export class ChildHost implements Host {
  readonly pace = undefined
  readonly commands = undefined
  readonly ended: Promise<Ending>
  readonly #child: ChildProcessWithoutNullStreams
  readonly #group: ProcessGroup
  readonly #options: ChildOptions
  // BOUNDED: the lines of one chunk: the child's output is not read while they wait.
  readonly #lines: string[] = []
  #slot: Slot | undefined
  readonly #entered = deferred()
  /** What it said so far is obeyed when this resolves. */
  #work: Promise<void> = Promise.resolve()
  #cause: Cause = 'person'
  #lineNumber = 0
  #bad = 0
  #complainedAt = Number.NEGATIVE_INFINITY
  readonly #stderrTail = new StderrTail()
  #isDone = false
  #hasActed = false

  constructor(child: ChildProcessWithoutNullStreams, options: ChildOptions) {
    this.#child = child
    this.#options = options
    this.#group = new ProcessGroup(child)
    child.on('error', () => {})
    child.stdin.on('error', () => {})
    eachLine(child.stdout, line => this.#take(line))
    // There is nobody to say it to before the bot is in a room.
    child.stdout.pause()
    eachLogLine(child.stderr, line => this.#logError(line))
    const closed = new Promise<Exit>(resolve =>
      child.once('close', (code, signal) => resolve({ code, signal }))
    )
    this.ended = closed.then(exit => this.#onclosed(exit))
  }

  enter(slot: Slot): void {
    this.#slot = slot
    this.#entered.resolve()
    this.#child.stdout.resume()
  }

  /** Resolves when the child's input has room for more: a child that does not read holds up its own events only. */
  async dispatch(slot: Slot, update: Update): Promise<boolean> {
    const value = updateJson(update, slot, this.#options)
    if (value === undefined) return true
    if ('message' in update) this.#cause = update.message.author.isBot ? 'bot' : 'person'
    return this.#write(value)
  }

  async stop(grace: number): Promise<void> {
    this.#child.stdin.end()
    const timers = [
      setTimeout(() => this.#group.kill('SIGTERM'), Math.min(POLITE_MILLIS, grace)),
      setTimeout(() => this.#group.kill('SIGKILL'), grace)
    ]
    await this.#group.finished()
    for (const timer of timers) clearTimeout(timer)
  }

  async #write(value: object): Promise<boolean> {
    const { stdin } = this.#child
    if (!stdin.writable) return false
    if (stdin.write(jsonLine(value))) return true
    let resume = () => {}
    const drained = new Promise<void>(resolve => {
      resume = resolve
      stdin.once('drain', resume)
    })
    await Promise.race([drained, this.#group.exited])
    stdin.off('drain', resume)
    return true
  }

  #take(line: string): void {
    this.#lineNumber += 1
    if (line.trim() === '') return
    this.#lines.push(this.#lineNumber === 1 ? withoutByteOrderMark(line) : line)
    this.#work = this.#work.then(() => this.#act())
  }

  // A child that says more than the pace lets out is not read: its own writes block.
  async #act(): Promise<void> {
    // Node reads what a child leaves behind when it ends, asked or not: maybe before the bot is in its room.
    await this.#entered.promise
    this.#child.stdout.pause()
    for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift())
      await this.#obey(line)
    this.#child.stdout.resume()
  }

  // It may end before the bot is in its room, and what it says last may have to wait for the pace.
  async #onclosed(exit: Exit): Promise<Ending> {
    await this.#entered.promise
    await this.#work
    return this.#ending(exit)
  }

  async #obey(line: string): Promise<void> {
    const desk = this.#slot?.desk
    if (desk === undefined) return
    try {
      const action = parseAction(line)
      this.#hasActed = true
      if (action.type === 'leave') return this.#leave()
      if (action.type === 'commands') return desk.offerCommands(action.commands)
      await desk.outbox.room(this.#cause)
      desk.post(action, this.#cause).catch(thrown => this.#complain(thrown, line))
    } catch (thrown) {
      this.#complain(thrown, line)
    }
  }

  #leave(): void {
    this.#isDone = true
    this.#child.stdin.end()
    this.#group.kill('SIGTERM')
  }

  // One clear message, then none for a while: a program that prints for people prints a lot. That the bot is stopping is
  // no fault of its line.
  #complain(thrown: unknown, line: string): void {
    if (codeOf(thrown) === 'BOT_STOPPED') return
    this.#bad += 1
    const now = performance.now()
    if (now - this.#complainedAt < COMPLAINT_MILLIS) return
    this.#complainedAt = now
    const [program = ''] = this.#options.command
    const said = JSON.stringify(line.slice(0, 80))
    this.#options.log.error(
      `${program} wrote ${said}, around line ${this.#lineNumber} of its output: ${messageOf(thrown)}`,
      { lines: this.#bad }
    )
    if (this.#child.stdin.writable) this.#child.stdin.write(jsonLine(errorJson(thrown)))
  }

  #logError(line: string): void {
    this.#stderrTail.take(line)
    this.#options.log.info(line, { stream: 'stderr' })
  }

  #ending({ code, signal }: Exit): Ending {
    if (code === 0 || this.#isDone) return { type: 'done' }
    const [program = ''] = this.#options.command
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`
    const reason = `${program} ended ${how}${this.#stderrTail}`
    return { type: 'crash', reason, hasActed: this.#hasActed }
  }
}
