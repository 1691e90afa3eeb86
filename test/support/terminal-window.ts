import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Emulator, type EmulatorOptions, type Run } from './emulator.js'
import { killIfAlive } from './processes.js'
import { until } from './until.js'

// Why python3: a pty needs native code, Node has none of its own, and node-pty is compiled when it is installed on
// Linux. Python's standard library has it, and the tests need python3 anyway. Nothing here depends on the time.

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BRIDGE = fileURLToPath(new URL('./pty-bridge.py', import.meta.url))
const GUARD = fileURLToPath(new URL('./guard-preload.cjs', import.meta.url))

/** A terminal, and what the program on it finds in its environment. */
export interface TerminalOptions extends EmulatorOptions {
  readonly env?: Record<string, string>
}

/** A program on a real terminal: a pty of the kernel's, and an emulator that shows what is written to it. */
export class TerminalWindow extends EventEmitter<{ update: [] }> {
  /** What was written to the terminal so far, as it was written. */
  written = ''
  /** Resolves with the program's exit code; with 128 and the number of the signal that ended it. */
  readonly exited: Promise<number>
  /** The program's process id. */
  readonly pid: Promise<number>
  readonly #bridge: ChildProcess
  readonly #control: Duplex
  readonly #emulator: Emulator
  #hasExited = false

  constructor(command: readonly string[], options: TerminalOptions = {}) {
    super()
    const { columns = 80, env = {}, rows = 24 } = options
    this.#emulator = new Emulator(options, answer => this.type(answer))
    this.#bridge = spawn('python3', [BRIDGE, `${columns}`, `${rows}`, ...command], {
      cwd: ROOT,
      env: { ...process.env, TERM: 'xterm-256color', NODE_OPTIONS: `--require ${GUARD}`, ...env },
      stdio: ['pipe', 'pipe', 'inherit', 'pipe']
    })
    this.#control = this.#bridge.stdio[3] as Duplex
    this.exited = once(this.#bridge, 'exit').then(([code]) => code)
    this.pid = once(createInterface({ input: this.#control }), 'line').then(
      ([line]) => JSON.parse(line).pid
    )
    this.#connect()
  }

  /** Presses keys: what they send. Enter is `\r`. */
  type(keys: string): void {
    this.#bridge.stdin?.write(keys)
  }

  /** Pastes, marked as such if the program asked for that. */
  paste(text: string): void {
    this.type(this.#emulator.pasteKeys(text))
  }

  /** True while the program wants to be told what is pasted. */
  get marksPastes(): boolean {
    return this.#emulator.marksPastes
  }

  /** Gives the window another size, as when its edge is dragged. */
  resize(columns: number, rows: number): void {
    this.#emulator.resize(columns, rows)
    this.#order({ resize: [columns, rows] })
  }

  /** Closes the window. */
  hangUp(): void {
    this.#order({ hangUp: true })
  }

  /** Every line that the terminal holds, those that have scrolled away included; one that wraps is one line. */
  get lines(): string[] {
    return this.#emulator.lines
  }

  /** The rows that are to be seen, top to bottom. */
  get screen(): string[] {
    return this.#emulator.screen
  }

  /** The same with how it looks. */
  get looks(): Run[][] {
    return this.#emulator.looks
  }

  /** Resolves when a line fits, with it. Rejects if the program ends before. */
  shows(pattern: RegExp): Promise<string> {
    return this.until(() => this.lines.find(line => pattern.test(line)))
  }

  /** Resolves as soon as this gives something, with that; asked whenever the screen changes. */
  until<T>(holds: () => T): Promise<NonNullable<T>> {
    return until([this], 'update', () => {
      const value = holds()
      if (!value && this.#hasExited)
        throw new Error(['The program has ended. Its screen:', ...this.lines].join('\n'))
      return value
    })
  }

  /** Ends the program, if it has not ended. */
  async close(): Promise<void> {
    if (this.#bridge.exitCode === null) killIfAlive(await this.pid)
    await this.exited
  }

  #order(order: object): void {
    this.#control.write(`${JSON.stringify(order)}\n`)
  }

  #connect(): void {
    const changed = () => this.emit('update')
    const { stdin, stdout } = this.#bridge
    for (const stream of [stdin, stdout, this.#control]) stream?.on('error', () => {})
    stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.written += text
      this.#emulator.write(text, changed)
    })
    // 'close' comes when all output was read; then the emulator has to have taken it.
    this.#bridge.once('close', () =>
      this.#emulator.write('', () => {
        this.#hasExited = true
        changed()
      })
    )
  }
}
