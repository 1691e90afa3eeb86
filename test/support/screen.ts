import { EventEmitter } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { Emulator, type EmulatorOptions } from './emulator.js'

/** The streams of a program on an emulated terminal, without a process: what a prompt is given in tests. */
export class Screen extends EventEmitter<{ update: [] }> {
  readonly emulator: Emulator
  readonly input = new PassThrough()
  readonly output: Writable & { columns: number; rows: number; readonly isTTY: true }
  /** What was written to the terminal so far. */
  written = ''

  constructor(options: EmulatorOptions = {}) {
    super()
    const { columns = 80, rows = 24 } = options
    this.emulator = new Emulator(options, answer => this.input.write(answer))
    const write = (text: string, done: () => void) => {
      this.written += text
      // A terminal in raw mode still returns at a line feed.
      this.emulator.write(text.replaceAll('\n', '\r\n'), () => this.emit('update'))
      done()
    }
    const output = new Writable({ write: (chunk, _, done) => write(String(chunk), done) })
    this.output = Object.assign(output, { columns, rows, isTTY: true as const })
  }

  /** Presses keys: what they send. */
  type(keys: string): void {
    this.input.write(keys)
  }

  /** Pastes, marked as such if the program asked for that. */
  paste(text: string): void {
    this.type(this.emulator.pasteKeys(text))
  }

  /** Gives the window another size. */
  resize(columns: number, rows: number): void {
    this.emulator.resize(columns, rows)
    this.hearSize(columns, rows)
  }

  /** The program hears of a size, which the window may have had for a while. */
  hearSize(columns: number, rows: number): void {
    Object.assign(this.output, { columns, rows })
    this.output.emit('resize')
  }

  /** Resolves when everything typed so far, and every answer of the terminal, has had its effect on the screen. */
  async settled(): Promise<void> {
    // A question and its answer: read, draw, show; then once more for the answer.
    for (let round = 0; round < 4; round += 1) {
      await new Promise(setImmediate)
      await new Promise<void>(resolve => this.emulator.write('', resolve))
    }
  }
}
