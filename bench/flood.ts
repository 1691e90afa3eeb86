// What a chat on a terminal costs whoever types in it: `npm run build && npx tsx bench/flood.ts [runs]`. A flood of 1,000 messages
// in a second, and 10,000 who join, on the whole screen of one room, whose terminal takes what it is given; beside each run the
// same without the flood, so that a noisy machine slows both. Then the first paint of the built program beside a bare node.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { promptChat } from '../src/ui/prompt-chat.js'
import { newHome, PROGRAM } from '../test/support/cli.js'
import { freePort } from '../test/support/free-port.js'
import { TerminalWindow } from '../test/support/terminal-window.js'
import { fakeRoom, other } from '../test/ui/fake-room.js'
import { median, table } from './support/stats.js'

const RUNS = Number(process.argv[2] ?? 5)
const MEBIBYTE = 2 ** 20
const MESSAGES = 1_000
const TICK_MILLIS = 10
const KEY_MILLIS = 50
const bob = other('b', 'bob')

/** A chat on a terminal that only counts what it is given. */
function chatting() {
  const room = fakeRoom()
  const stop = new AbortController()
  const shown = { text: '', rows: 0, waiting: [] as (() => void)[] }
  const write = (chunk: Buffer, _: unknown, done: () => void) => {
    shown.text = String(chunk)
    shown.rows += shown.text.split('> ').length - 1
    for (const resolve of shown.waiting.splice(0)) resolve()
    done()
  }
  const output = Object.assign(new Writable({ write }), {
    columns: 80,
    rows: 24,
    isTTY: true as const
  })
  const input = Object.assign(new PassThrough(), { isTTY: true })
  const signals = { interrupted: stop.signal, interrupt: () => {}, suspend: () => {} }
  const io = {
    input,
    output,
    errors: output,
    obeysEscapes: true,
    onresume: () => () => {},
    ...signals
  }
  const done = promptChat(room.room, io)
  const leave = () => {
    stop.abort()
    return done
  }
  return { room, shown, input, leave }
}

type Chatting = ReturnType<typeof chatting>

/** How long it takes until what was typed stands there, ms: the worst of a second. */
async function worstEcho({ input, shown }: Chatting): Promise<number> {
  let typed = ''
  let worst = 0
  for (let at = 0; at < 1_000; at += KEY_MILLIS) {
    typed += 'x'
    const begin = performance.now()
    input.write('x')
    while (!shown.text.includes(`> ${typed}`)) await new Promise<void>(go => shown.waiting.push(go))
    worst = Math.max(worst, performance.now() - begin)
    await sleep(KEY_MILLIS)
  }
  return worst
}

async function flood({ room }: Chatting): Promise<void> {
  const perTick = (MESSAGES * TICK_MILLIS) / 1_000
  for (let n = 0; n < MESSAGES; n += perTick) {
    for (let at = n; at < n + perTick; at += 1) room.hear(bob, `message number ${at}`, at)
    await sleep(TICK_MILLIS)
  }
}

const cpuMillis = (since?: NodeJS.CpuUsage) => {
  const { system, user } = process.cpuUsage(since)
  return (system + user) / 1_000
}

async function inFlood() {
  const quiet = chatting()
  await sleep(100)
  const quietEcho = await worstEcho(quiet)
  await quiet.leave()
  const chat = chatting()
  await sleep(100)
  const [rows, begin] = [chat.shown.rows, process.cpuUsage()]
  const [floodEcho] = await Promise.all([worstEcho(chat), flood(chat)])
  const floodCpu = cpuMillis(begin)
  const repainted = (chat.shown.rows - rows) / MESSAGES
  await chat.leave()
  return {
    quietEcho,
    floodEcho,
    floodCpu,
    repainted,
    mebibytes: process.memoryUsage().rss / MEBIBYTE
  }
}

/** Processor time of 10,000 who join, each of them another, ms; ten in each turn of the event loop. */
async function joins(): Promise<number> {
  const chat = chatting()
  await sleep(100)
  const begin = process.cpuUsage()
  for (let n = 0; n < 10_000; n += 1) {
    const identity = n.toString(16).padStart(64, '0') as typeof bob.identity
    chat.room.tell({ type: 'join', identity, nick: `member ${n}` })
    if (n % 10 === 9) await new Promise(setImmediate)
  }
  const taken = cpuMillis(begin)
  await chat.leave()
  return taken
}

async function bareNode(): Promise<number> {
  const begin = performance.now()
  await once(spawn(process.execPath, ['-e', '0']), 'close')
  return performance.now() - begin
}

async function firstPaint(): Promise<number> {
  const env = { SWARMCHAT_NETWORK: 'local', SWARMCHAT_LOCAL_PORT: `${await freePort()}` }
  const begin = performance.now()
  const command = [process.execPath, PROGRAM, 'join', 'lobby', '--nick', 'ada']
  const window = new TerminalWindow(command, { env: { ...env, SWARMCHAT_HOME: newHome() } })
  await window.shows(/^>/)
  const taken = performance.now() - begin
  await window.close()
  return taken
}

const rows: Record<string, number[]> = {}
const note = (name: string, value: number) => {
  rows[name] ??= []
  rows[name]?.push(value)
}
for (let run = 0; run < RUNS; run += 1) {
  const { floodCpu, floodEcho, mebibytes, quietEcho, repainted } = await inFlood()
  note('worst echo of a key, nothing else happening, ms', quietEcho)
  note('worst echo of a key while 1,000 messages come in a second, ms', floodEcho)
  note('... times as long', floodEcho / quietEcho)
  note('processor time of that second, ms', floodCpu)
  note('rows drawn again, a message', repainted)
  note('memory of this process afterwards, MB', mebibytes)
  note('processor time of 10,000 who join, ms', await joins())
  const bare = await bareNode()
  const paint = await firstPaint()
  note('node -e 0, ms', bare)
  note('swarmchat join, until the prompt is there, ms', paint)
  note('... times node -e 0', paint / bare)
}
console.log(
  table(
    ['', 'median', 'least', 'most'],
    Object.entries(rows).map(([name, all]) =>
      [name, median(all), Math.min(...all), Math.max(...all)].map(each =>
        typeof each === 'number' ? each.toFixed(1) : each
      )
    )
  )
)
