// How long a newcomer waits: `npm run build && npm run bench:startup [runs]`. Interleaved with a bare Hyperswarm program and with a
// bare `node`, so that a noisy machine slows all of them alike; processor time beside it, which noise changes less.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Cli, newHome, PROGRAM } from '../test/support/cli.js'
import { freePort } from '../test/support/free-port.js'
import { TerminalWindow } from '../test/support/terminal-window.js'
import { createTestnet } from '../test/support/testnet.js'
import { homeWith } from './support/kept.js'
import { BENCH_ROOM } from './support/room.js'
import { median, summary, table } from './support/stats.js'

const RUNS = Number(process.argv[2] ?? 15)
/** Two Hyperswarm peers that have not met by then have missed each other; it looks again only after ten minutes. */
const PATIENCE_MILLIS = 5_000
const STORED = 100_000
const PEER = fileURLToPath(new URL('./support/hyperswarm-peer.mjs', import.meta.url))
/** Tells what its process has used of the processor when it first writes FIRST_WRITE. */
const WATCH = fileURLToPath(new URL('./support/first-write.cjs', import.meta.url))

type Environment = Record<string, string>

/** From the start of a program, ms. */
interface Start {
  readonly ready: number
  /** Processor time until then. */
  readonly cpu: number
  /** From then to the first message. */
  readonly message?: number
}

const since = (start: number) => performance.now() - start

/** A program that is watched: it is given this environment, and has used so much when it was ready. */
function watched(word: string): { readonly env: Environment; cpu(): number } {
  const file = join(newHome(), 'cpu')
  const env = { NODE_OPTIONS: `--require ${WATCH}`, FIRST_WRITE: word, FIRST_WRITE_FILE: file }
  return { env, cpu: () => Number(readFileSync(file, 'utf8')) }
}

async function bareNode(): Promise<Start> {
  const file = join(newHome(), 'cpu')
  const start = performance.now()
  const env = { ...process.env, FIRST_WRITE_FILE: file }
  await once(spawn(process.execPath, ['--require', WATCH, '-e', '0'], { env }), 'close')
  return { ready: since(start), cpu: Number(readFileSync(file, 'utf8')) }
}

/** A program that joins the room and tells JSON. */
async function joined(world: Environment, nick: string, home = newHome()) {
  const { cpu, env } = watched('"ready"')
  const start = performance.now()
  const all = { ...world, ...env, SWARMCHAT_HOME: home }
  const cli = new Cli(['join', BENCH_ROOM, '--json', '--nick', nick], all)
  await cli.object('ready')
  return { cli, ready: since(start), cpu: cpu() }
}

/** A second process: start to ready, and from there to the first message of the first one, which greets who joins. */
async function second(world: Environment, first: Cli, home?: string): Promise<Start> {
  const greeted = first.objects.length
  const start = performance.now()
  const isNew = () => first.objects.slice(greeted).some(({ type }) => type === 'join')
  void first.until(() => isNew() || undefined).then(() => first.say('welcome'))
  const { cli, cpu, ready } = await joined(world, 'second', home)
  await cli.object('message', ({ text }) => text === 'welcome')
  const message = since(start) - ready
  await cli.kill('SIGTERM')
  return { ready, cpu, message }
}

/** A second process on a terminal, until its status says who is here. */
async function onScreen(world: Environment): Promise<Start> {
  const { cpu, env } = watched(' here')
  const command = [process.execPath, PROGRAM, 'join', BENCH_ROOM, '--nick', 'second']
  const all = { ...world, ...env, SWARMCHAT_HOME: newHome() }
  const window = new TerminalWindow(command, { env: all })
  // The program begins now: what makes the terminal is not its own.
  await window.pid
  const start = performance.now()
  await window.shows(/\d here/)
  const ready = since(start)
  window.type('\x03')
  await window.exited
  return { ready, cpu: cpu() }
}

/** The same with Hyperswarm, whose DHT runs already: in this process. Undefined if the two did not meet. */
async function hyperswarm(bootstrap: string): Promise<Start | undefined> {
  const first = new Program(bootstrap)
  await first.seen('ready')
  const start = performance.now()
  const newcomer = new Program(bootstrap)
  const both = Promise.all([newcomer.seen('ready'), newcomer.seen('message')])
  const met = await within(PATIENCE_MILLIS, both)
  const [ready, message] = [newcomer.at('ready', start), newcomer.at('message', start)]
  await Promise.all([first.end(), newcomer.end()])
  return met ? { ready, cpu: newcomer.cpu(), message: Math.max(0, message - ready) } : undefined
}

/** Whether a job ended in this time. */
async function within(millis: number, job: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(resolve, millis, false)
  })
  const ended = await Promise.race([job.then(() => true), late])
  clearTimeout(timer)
  return ended
}

class Program {
  readonly #watched = watched('"ready"')
  readonly #child
  readonly #seen = new Map<string, Promise<number>>()
  readonly #at = new Map<string, number>()

  constructor(bootstrap: string) {
    this.#child = spawn(process.execPath, [PEER, bootstrap], {
      env: { ...process.env, ...this.#watched.env },
      stdio: ['ignore', 'pipe', 'inherit']
    })
    for (const type of ['ready', 'message']) this.#seen.set(type, this.#line(type))
  }

  async seen(type: string): Promise<void> {
    await this.#seen.get(type)
  }

  at(type: string, start: number): number {
    return (this.#at.get(type) ?? Number.NaN) - start
  }

  cpu(): number {
    return this.#watched.cpu()
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL')
    await once(this.#child, 'close')
  }

  #line(type: string): Promise<number> {
    return new Promise(resolve => {
      this.#child.stdout.on('data', (chunk: Buffer) => {
        if (!String(chunk).includes(`"type":"${type}"`) || this.#at.has(type)) return
        this.#at.set(type, performance.now())
        resolve(performance.now())
      })
    })
  }
}

const starts = new Map<string, Start[]>()
function note(name: string, start: Start | undefined): void {
  const all = starts.get(name) ?? []
  starts.set(name, all)
  if (start !== undefined) all.push(start)
}

const [BARE, THEIRS] = ['bare `node -e 0`, start to end', 'bare Hyperswarm program, second process']
const OURS = '`join --json --network local`, second process'

async function run(bootstrap: string, cache: string, stored: string): Promise<void> {
  const port = String(await freePort())
  const world = { SWARMCHAT_NETWORK: 'local', SWARMCHAT_LOCAL_PORT: port, XDG_CACHE_HOME: cache }
  note(BARE, await bareNode())
  const { cli: first, ...itself } = await joined(world, 'first')
  note('the first process, which runs the hub', itself)
  note(OURS, await second(world, first))
  note(THEIRS, await hyperswarm(bootstrap))
  note('... with the screen', await onScreen(world))
  const fresh = { ...world, NODE_DISABLE_COMPILE_CACHE: '1' }
  note('... with nothing compiled before', await second(fresh, first))
  note(
    `... with ${STORED.toLocaleString('en')} messages stored`,
    await second(world, first, stored)
  )
  await first.kill('SIGTERM')
}

/** The first starts, which leave compiled code behind. */
async function compiled(): Promise<string> {
  const cache = newHome()
  const world = { SWARMCHAT_NETWORK: 'local', SWARMCHAT_LOCAL_PORT: String(await freePort()) }
  const { cli } = await joined({ ...world, XDG_CACHE_HOME: cache }, 'before')
  await onScreen({ ...world, XDG_CACHE_HOME: cache })
  await cli.kill('SIGTERM')
  return cache
}

// Hyperswarm's nodes cannot dial each other in a DHT of fewer than four nodes.
const testnet = await createTestnet(8)
const [node] = testnet.bootstrap
const stored = newHome()
await homeWith(stored, STORED)
const cache = await compiled()
for (let count = 0; count < RUNS; count++) await run(`${node?.host}:${node?.port}`, cache, stored)
await testnet.close()

const of = (name: string, part: keyof Start) =>
  (starts.get(name) ?? []).flatMap(start => start[part] ?? [])
const theirs = (part: keyof Start) => median(of(THEIRS, part))
const times = (name: string, part: keyof Start) =>
  (median(of(name, part)) / theirs(part)).toFixed(2)
const row = (name: string) => {
  const messages = of(name, 'message')
  const figures = [summary(of(name, 'ready')), times(name, 'ready'), summary(of(name, 'cpu'))]
  return [name, ...figures, times(name, 'cpu'), messages.length === 0 ? '' : summary(messages)]
}
const header = ['', 'start to ready', "times Hyperswarm's", 'processor time until then']
console.log(`${RUNS} interleaved runs, milliseconds: median (min - max)\n`)
console.log(
  table(
    [...header, "times Hyperswarm's", 'ready to first message'],
    [...starts.keys()].map(name => row(name))
  )
)
const missed = RUNS - of(THEIRS, 'ready').length
console.log(
  `\nHyperswarm peers that had not met after ${PATIENCE_MILLIS / 1000} s: ${missed} of ${RUNS}`
)
