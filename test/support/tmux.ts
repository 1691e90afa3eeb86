import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GUARD = fileURLToPath(new URL('./guard-preload.cjs', import.meta.url))
const CONFIG = `
set -g status off
set -g history-limit 20000
set -g default-terminal tmux-256color
set -sg escape-time 0
`
/** tmux tells nobody when a pane changes: it is looked at again after so long. */
const LOOK_MILLIS = 50

/** A tmux of its own: its socket, its settings, its panes. */
export class Tmux {
  readonly #given: readonly string[]
  #count = 0

  constructor() {
    const directory = mkdtempSync(join(tmpdir(), 'tmux-'))
    const config = join(directory, 'conf')
    writeFileSync(config, CONFIG)
    this.#given = ['-u', '-S', join(directory, 'socket'), '-f', config]
  }

  /** A shell in a window of 80 columns and 24 rows; the program finds this in its environment. */
  shell(env: Readonly<Record<string, string>>): Pane {
    this.#count += 1
    const name = `pane${this.#count}`
    const all = { PS1: '$ ', NODE_OPTIONS: `--require ${GUARD}`, ...env }
    const given = Object.entries(all).flatMap(([key, value]) => ['-e', `${key}=${value}`])
    const size = ['-x', '80', '-y', '24', '-c', ROOT]
    this.order('new-session', '-d', '-s', name, ...size, ...given, 'bash --norc --noprofile')
    return new Pane(this, name)
  }

  /** Does what tmux is told. */
  order(...args: readonly string[]): void {
    execFileSync('tmux', [...this.#given, ...args], { env: outside() })
  }

  /** The same, and gives what it prints. */
  async ask(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('tmux', [...this.#given, ...args], { env: outside() })
    return stdout
  }

  close(): void {
    try {
      this.order('kill-server')
    } catch {
      // It ends with its last pane.
    }
  }
}

/** A shell in tmux. */
export class Pane {
  readonly #tmux: Tmux
  readonly #name: string

  constructor(tmux: Tmux, name: string) {
    this.#tmux = tmux
    this.#name = name
  }

  /** Presses keys, as tmux calls them: `Enter`, `C-z`, `M-1`. */
  press(...keys: readonly string[]): void {
    this.#tmux.order('send-keys', '-t', this.#name, ...keys)
  }

  /** Types a text, and Enter. */
  enter(text: string): void {
    this.type(text)
    this.press('Enter')
  }

  type(text: string): void {
    this.#tmux.order('send-keys', '-t', this.#name, '-l', text)
  }

  /** Pastes, marked as such if the program asked for that. */
  paste(text: string): void {
    this.#tmux.order('set-buffer', '-b', this.#name, text)
    this.#tmux.order('paste-buffer', '-p', '-d', '-b', this.#name, '-t', this.#name)
  }

  resize(columns: number, rows = 24): void {
    this.#tmux.order('resize-window', '-t', this.#name, '-x', `${columns}`, '-y', `${rows}`)
  }

  /** What tmux knows of it: `pane_pid`, `cursor_flag`. */
  async fact(format: string): Promise<string> {
    return (await this.#tmux.ask('display', '-p', '-t', this.#name, `#{${format}}`)).trim()
  }

  /** Every line, those in the scrollback included; one that wraps is one line. */
  async lines(): Promise<string[]> {
    const text = await this.#tmux.ask('capture-pane', '-p', '-J', '-S', '-', '-t', this.#name)
    return linesOf(text)
  }

  /** The rows that are to be seen. */
  async rows(): Promise<string[]> {
    return linesOf(await this.#tmux.ask('capture-pane', '-p', '-t', this.#name))
  }

  /** Resolves when a line fits, with it. */
  shows(pattern: RegExp): Promise<string> {
    return this.until(lines => lines.find(line => pattern.test(line)))
  }

  /** Resolves as soon as this gives something for the lines, with that. */
  async until<T>(holds: (lines: readonly string[]) => T): Promise<NonNullable<T>> {
    for (;;) {
      const found = holds(await this.lines())
      if (found) return found
      await delay(LOOK_MILLIS)
    }
  }
}

function linesOf(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map(line => line.trimEnd())
}

// The tests may run in a tmux themselves.
function outside(): NodeJS.ProcessEnv {
  const { STY: _sty, TMUX: _tmux, ...rest } = process.env
  return rest
}
