// How long a newcomer waits: `npm run bench:startup [pairs]`. Interleaved with a bare Hyperswarm program and with a
// bare `node`, so that a noisy machine slows all of them alike.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Cli, newHome } from '../test/support/cli.js'
import { freePort } from '../test/support/free-port.js'
import { createTestnet } from '../test/support/testnet.js'
import { median, summary, table } from './support/stats.js'

const PAIRS = Number(process.argv[2] ?? 15)
/** Two Hyperswarm peers that have not met by then have missed each other; it looks again only after ten minutes. */
const PATIENCE_MILLIS = 5_000
const PEER = fileURLToPath(new URL('./support/hyperswarm-peer.mjs', import.meta.url))

interface Times {
  readonly ready: number
  readonly message: number
}

const since = (start: number) => performance.now() - start

async function bareNode(): Promise<number> {
  const start = performance.now()
  await once(spawn(process.execPath, ['-e', '0']), 'close')
  return since(start)
}

/** The first process of the room, which runs the hub: start to ready. */
async function firstOne(world: Record<string, string>): Promise<{ cli: Cli; ready: number }> {
  const start = performance.now()
  const cli = new Cli(['join', 'bench', '--json', '--nick', 'first'], {
    ...world,
    SWARMCHAT_HOME: newHome()
  })
  await cli.object('ready')
  return { cli, ready: since(start) }
}

/** A second process: start to ready, and from there to the first message of the first one, which greets who joins. */
async function secondOne(world: Record<string, string>, first: Cli): Promise<Times> {
  const start = performance.now()
  const cli = new Cli(['join', 'bench', '--json', '--nick', 'second'], {
    ...world,
    SWARMCHAT_HOME: newHome()
  })
  void first.object('join').then(() => first.say('welcome'))
  await cli.object('ready')
  const ready = since(start)
  await cli.object('message', o => o.text === 'welcome')
  const message = since(start) - ready
  await cli.kill('SIGTERM')
  return { ready, message }
}

async function ours(): Promise<{ first: number; second: Times }> {
  const world = { SWARMCHAT_NETWORK: 'local', SWARMCHAT_LOCAL_PORT: String(await freePort()) }
  const { cli, ready } = await firstOne(world)
  const second = await secondOne(world, cli)
  await cli.kill('SIGTERM')
  return { first: ready, second }
}

/** The same with Hyperswarm, whose DHT runs already: in this process. */
async function hyperswarm(bootstrap: string): Promise<Times | undefined> {
  const first = new Program(bootstrap)
  await first.seen('ready')
  const start = performance.now()
  const second = new Program(bootstrap)
  const met = await within(
    PATIENCE_MILLIS,
    Promise.all([second.seen('ready'), second.seen('message')])
  )
  const times = { ready: second.at('ready', start), message: second.at('message', start) }
  await Promise.all([first.end(), second.end()])
  return met ? { ready: times.ready, message: Math.max(0, times.message - times.ready) } : undefined
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
  readonly #child
  readonly #seen = new Map<string, Promise<number>>()
  readonly #at = new Map<string, number>()

  constructor(bootstrap: string) {
    this.#child = spawn(process.execPath, [PEER, bootstrap], {
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

// Hyperswarm's nodes cannot dial each other in a DHT of fewer than four nodes.
const testnet = await createTestnet(8)
const [node] = testnet.bootstrap
const bare: number[] = []
const firsts: number[] = []
const seconds: Times[] = []
const theirs: Times[] = []
let missed = 0
for (let i = 0; i < PAIRS; i++) {
  bare.push(await bareNode())
  const { first, second } = await ours()
  firsts.push(first)
  seconds.push(second)
  const times = await hyperswarm(`${node?.host}:${node?.port}`)
  if (times === undefined) missed++
  else theirs.push(times)
}
await testnet.close()

const readies = seconds.map(t => t.ready)
const messages = seconds.map(t => t.message)
console.log(`${PAIRS} interleaved runs, milliseconds: median (min - max)\n`)
console.log(
  table(
    ['', 'start to ready', 'ready to first message'],
    [
      ['bare `node -e 0`, start to end', summary(bare), ''],
      ['`join --json --network local`, first process (runs the hub)', summary(firsts), ''],
      ['`join --json --network local`, second process', summary(readies), summary(messages)],
      [
        'bare Hyperswarm program, second process, DHT running',
        summary(theirs.map(t => t.ready)),
        summary(theirs.map(t => t.message))
      ]
    ]
  )
)
const ratio = median(readies) / median(theirs.map(t => t.ready))
console.log(
  `\nHyperswarm peers that had not met after ${PATIENCE_MILLIS / 1000} s: ${missed} of ${PAIRS}`
)
console.log(`ready, ours to Hyperswarm's: ${ratio.toFixed(2)}`)
