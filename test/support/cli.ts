import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { requireFreshBuild } from './fresh-build.js'
import { until } from './until.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** The built program: that of this tree, or another one to test. */
export const PROGRAM = process.env.SWARMCHAT_TEST_PROGRAM ?? ownBuild()
const GUARD = fileURLToPath(new URL('./guard-preload.cjs', import.meta.url))

function ownBuild(): string {
  requireFreshBuild(ROOT)
  return join(ROOT, 'bin/run.js')
}

/** One object of `--json` output. */
export type Line = { readonly type: string } & Record<string, unknown>

/** An empty home directory of its own. */
export function newHome(): string {
  return mkdtempSync(join(tmpdir(), 'swarmchat-'))
}

/** The built program as a child process. It must not send anything off this machine: it aborts where it would. */
export class Cli extends EventEmitter<{ update: [] }> {
  readonly child: ChildProcessWithoutNullStreams
  readonly lines: string[] = []
  readonly errors: string[] = []
  readonly exited: Promise<number | null>
  readonly #command: string
  #hasExited = false

  /**
   * `entrance`: a command line that runs another one, for instance in a network namespace. `program`: a file for Node to
   * run instead.
   */
  constructor(
    args: readonly string[],
    env: Record<string, string> = {},
    entrance: readonly string[] = [],
    program: string = PROGRAM
  ) {
    super()
    this.#command = args.join(' ')
    const [file = '', ...rest] = [...entrance, process.execPath, program, ...args]
    this.child = spawn(file, rest, {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: `--require ${GUARD}`, ...env }
    })
    this.#collect(this.child.stdout, this.lines)
    this.#collect(this.child.stderr, this.errors)
    this.child.stdin.on('error', () => {})
    this.exited = once(this.child, 'close').then(([code]) => code)
    void this.exited.then(() => {
      this.#hasExited = true
      this.emit('update')
    })
  }

  /** The objects printed so far; without the last one if `kill -9` came in the middle of it. */
  get objects(): Line[] {
    const wasKilled = this.child.signalCode === 'SIGKILL'
    const whole =
      wasKilled && !this.lines.at(-1)?.endsWith('}') ? this.lines.slice(0, -1) : this.lines
    return whole.map(line => JSON.parse(line))
  }

  /** Resolves with the first object, printed already or later, that fits. */
  object(type: string, fits: (line: Line) => boolean = () => true): Promise<Line> {
    return this.until(() => this.objects.find(o => o.type === type && fits(o)))
  }

  /** Resolves with the first line of stdout that fits. */
  line(pattern: RegExp): Promise<string> {
    return this.until(() => this.lines.find(line => pattern.test(line)))
  }

  /** Resolves with the first line of stderr that fits. */
  error(pattern: RegExp): Promise<string> {
    return this.until(() => this.errors.find(line => pattern.test(line)))
  }

  /** The texts of all messages printed, history and own ones included. */
  texts(): unknown[] {
    return this.objects.filter(o => o.type === 'message').map(o => o.text)
  }

  /**
   * Resolves with what this gives as soon as it gives something; asked whenever something is printed. Rejects, with the
   * last lines, if the process ends before.
   */
  until<T>(holds: () => T): Promise<NonNullable<T>> {
    return until([this], 'update', () => {
      const value = holds()
      if (!value && this.#hasExited) throw new Error(this.#lastWords())
      return value
    })
  }

  /** Milliseconds of processor time used so far (Linux); 0 elsewhere. */
  cpuMillis(): number {
    if (process.platform !== 'linux') return 0
    const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8')
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
    return (Number(user) + Number(system)) * 10
  }

  write(line: string): void {
    this.child.stdin.write(`${line}\n`)
  }

  say(text: string): void {
    this.write(JSON.stringify({ type: 'say', text }))
  }

  /** Ends the process and waits until it has gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    this.child.kill(signal)
    return this.exited
  }

  #lastWords(): string {
    const { exitCode, signalCode } = this.child
    const last = [...this.lines.slice(-20), ...this.errors.slice(-20)]
    return [`swarmchat ${this.#command} ended (${exitCode ?? signalCode})`, ...last].join('\n')
  }

  #collect(stream: NodeJS.ReadableStream, into: string[]): void {
    createInterface({ input: stream }).on('line', line => {
      into.push(line)
      this.emit('update')
    })
  }
}

/** Runs a command to its end. */
export async function runCli(
  args: readonly string[],
  env: Record<string, string> = {}
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const cli = new Cli(args, env)
  cli.child.stdin.end()
  const code = await cli.exited
  return { code, stdout: cli.lines.join('\n'), stderr: cli.errors.join('\n') }
}
