import { createInterface, type Interface, type Key } from 'node:readline'
import { PassThrough, Writable } from 'node:stream'
import { type Cluster, clustersOf } from '../width.js'
import { Killed } from './killed.js'
import { NEW_LINE, type TypedText } from './typed-text.js'

/** What an editor tells. */
export interface EditorHandlers {
  /** Enter. */
  readonly online: (text: string) => void
  /** Ctrl-C: the terminal is in raw mode, so that no signal comes of it. */
  readonly oninterrupt: () => void
  /** Ctrl-Z, likewise. */
  readonly onsuspend: () => void
  /** Ctrl-D where nothing is typed. */
  readonly onend: () => void
}

/** What the arrows up and down bring back: so many texts, none longer than this. Guess: what one message holds. */
const HISTORY_TEXTS = 100
const HISTORY_CHARACTERS = 8_192

const YANK = 'C-y'
const ERASE: Key = { name: 'backspace' }

/** Keys that go over, or delete, what is left of the cursor, and what is right of it. */
const LEFTWARD: ReadonlySet<string> = new Set(['left', 'backspace', 'C-b', 'C-h'])
const RIGHTWARD: ReadonlySet<string> = new Set(['right', 'delete', 'C-f', 'C-d'])

/** A line that is being typed, with what readline's keys do to it. It shows nothing: readline's own display does not count. */
export class LineEditor {
  readonly #readline: Interface
  readonly #killed: Killed

  constructor({ onend, oninterrupt, online, onsuspend }: EditorHandlers, killed = new Killed()) {
    this.#killed = killed
    this.#readline = createInterface({
      input: new PassThrough(),
      output: new Writable({ write: (_chunk, _encoding, done) => done() }),
      terminal: true,
      historySize: HISTORY_TEXTS
    })
    this.#readline.on('line', line => online(line.replaceAll(NEW_LINE, '\n')))
    this.#readline.on('history', history => {
      if ((history[0]?.length ?? 0) > HISTORY_CHARACTERS) history.shift()
    })
    this.#readline.on('SIGINT', oninterrupt)
    this.#readline.on('SIGTSTP', onsuspend)
    this.#readline.on('close', onend)
  }

  /** What is typed, each line feed as {@link NEW_LINE}. */
  get typed(): TypedText {
    return { text: this.#readline.line, cursor: this.#readline.cursor }
  }

  /** A key was pressed, as node:readline tells of it. */
  press(text: string | undefined, key: Key): void {
    const [before, name] = [this.typed, keyName(key)]
    if (name === YANK) this.insert(this.#killed.text)
    else this.#write(text, key, this.#steps(key, name))
    this.#killed.hear(name, before, this.typed)
  }

  #write(text: string | undefined, key: Key, times: number): void {
    for (let step = 0; step < times; step += 1) this.#readline.write(text as string, key)
  }

  /** Puts a text in at the cursor, as a whole. */
  insert(text: string): void {
    if (text !== '') this.#readline.write(text.replaceAll('\n', NEW_LINE), {})
  }

  /** Takes so many UTF-16 units left of the cursor away, and puts a text in their place. */
  replaceLeft(units: number, text: string): void {
    const { cursor, text: all } = this.typed
    for (const _ of all.slice(Math.max(0, cursor - units), cursor))
      this.#readline.write(null, ERASE)
    this.insert(text)
  }

  /** No more comes of it. */
  close(): void {
    this.#readline.removeAllListeners('close').close()
  }

  // Readline goes by code points, people by what they see as one character.
  #steps(key: Key, name: string): number {
    const { cursor, text } = this.typed
    const leftward = LEFTWARD.has(name)
    if (key.meta === true || !(leftward || RIGHTWARD.has(name))) return 1
    const passed = leftward ? lastOf(text.slice(0, cursor)) : firstOf(text.slice(cursor))
    return Math.max(1, [...(passed?.text ?? '')].length)
  }
}

/** Ctrl and a letter is `C-w`, Alt and one `M-d`. */
function keyName({ ctrl, meta, name }: Key): string {
  return `${ctrl === true ? 'C-' : ''}${meta === true ? 'M-' : ''}${name}`
}

function firstOf(text: string): Cluster | undefined {
  for (const cluster of clustersOf(text)) return cluster
  return undefined
}

function lastOf(text: string): Cluster | undefined {
  let last: Cluster | undefined
  for (const cluster of clustersOf(text.slice(sureStart(text)))) last = cluster
  return last
}

const PLAIN_PAIR = /^[\x20-\x7e]{2}$/

// Where the last cluster, or one before it, begins: between two plain letters. A whole line is long to look through.
function sureStart(text: string): number {
  for (let end = text.length; end > 1; end -= 1)
    if (PLAIN_PAIR.test(text.slice(end - 2, end))) return end - 1
  return 0
}
