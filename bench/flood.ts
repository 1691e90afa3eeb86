// What a chat on a terminal costs whoever types in it: `npm run build && npx tsx bench/flood.ts [runs]`. A flood of 1,000 messages
// in a second, and 10,000 who join, on the whole screen of one room, whose terminal takes what it is given; beside each run the
// same without the flood, and the same flood above a line of bare node:readline, so that a noisy machine slows all. Then the first
// paint of the built program beside a bare node, in time and in processor time, and what that program holds in memory on a pty.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PassThrough, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promptChat } from '../src/ui/prompt-chat.js'
import { Cli, newHome, PROGRAM } from '../test/support/cli.js'
import { freePort } from '../test/support/free-port.js'
import { memoryOf } from '../test/support/memory-of.js'
import { TerminalWindow } from '../test/support/terminal-window.js'
import { fakeRoom, other } from '../test/ui/fake-room.js'
import { median, table } from './support/stats.js'

const RUNS = Number(process.argv[2] ?? 5)
const MESSAGES = 1_000
const TICK_MILLIS = 10
const KEY_MILLIS = 50
const bob = other('b', 'bob')

/** A terminal that only counts what it is given, and a keyboard. */
function terminal() {
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
  return { shown, input, output }
}

type Terminal = ReturnType<typeof terminal>

/** A chat on such a terminal. */
function chatting() {
  const room = fakeRoom()
  const stop = new AbortController()
  const { input, output, shown } = terminal()
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

/** How long it takes from when a key was due until what was typed stands there, ms: the worst of a second. */
async function worstEcho(
  { input, shown }: Pick<Terminal, 'input' | 'shown'>,
  isEcho = (text: string, typed: string) => text.includes(`> ${typed}`)
): Promise<number> {
  const begin = performance.now()
  let typed = ''
  let worst = 0
  for (let due = begin; due < begin + 1_000; due += KEY_MILLIS) {
    await sleep(Math.max(0, due - performance.now()))
    typed += 'x'
    shown.text = ''
    input.write('x')
    while (!isEcho(shown.text, typed)) await new Promise<void>(go => shown.waiting.push(go))
    worst = Math.max(worst, performance.now() - due)
  }
  return worst
}

/** As many in each tick as have become due, whatever a busy machine makes of ticks. */
async function flood(hear: (text: string, at: number) => void): Promise<void> {
  const begin = performance.now()
  for (let at = 0; at < MESSAGES; await sleep(TICK_MILLIS)) {
    const due = Math.min(MESSAGES, performance.now() - begin)
    for (; at < due; at += 1) hear(`message number ${at}`, at)
  }
}

/** The least that can show lines above one that is typed: readline, whose line is cleared and written again. */
async function bareEcho(): Promise<number> {
  const { input, output, shown } = terminal()
  const reader = createInterface({ input, output, terminal: true, prompt: '> ' })
  reader.prompt()
  const hear = (text: string) => {
    output.write(`\r\u001b[K12:00 bob: ${text}\n`)
    reader.prompt(true)
  }
  // Of a line that grows it writes what is new, of one that is drawn again all.
  const isEcho = (text: string, typed: string) => text === 'x' || text.includes(`> ${typed}`)
  const [worst] = await Promise.all([worstEcho({ input, shown }, isEcho), flood(hear)])
  reader.close()
  return worst
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
  const hear = (text: string, at: number) => chat.room.hear(bob, text, at)
  const [floodEcho] = await Promise.all([worstEcho(chat), flood(hear)])
  const floodCpu = cpuMillis(begin)
  const repainted = (chat.shown.rows - rows) / MESSAGES
  await chat.leave()
  return {
    quietEcho,
    floodEcho,
    floodCpu,
    repainted
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

/** What a start takes, ms: from the outside, and of the processor. */
interface Start {
  readonly time: number
  readonly cpu: number
}

/** Tells what its process has used of the processor when it first writes this, or, without it, when it ends. */
const WATCH = fileURLToPath(new URL('./support/first-write.cjs', import.meta.url))

async function startOf(...args: string[]): Promise<Start> {
  const file = join(newHome(), 'cpu')
  const begin = performance.now()
  const child = spawn(process.execPath, ['--require', WATCH, ...args], {
    env: { ...process.env, FIRST_WRITE_FILE: file },
    stdio: 'ignore'
  })
  await once(child, 'close')
  return { time: performance.now() - begin, cpu: Number(readFileSync(file, 'utf8')) }
}

async function firstPaint(): Promise<Start> {
  const file = join(newHome(), 'cpu')
  const env = { SWARMCHAT_NETWORK: 'local', SWARMCHAT_LOCAL_PORT: `${await freePort()}` }
  const watch = { FIRST_WRITE: '> ', FIRST_WRITE_FILE: file }
  const begin = performance.now()
  const command = [process.execPath, '--require', WATCH, PROGRAM, 'join', 'lobby', '--nick', 'ada']
  const window = new TerminalWindow(command, {
    env: { ...env, ...watch, SWARMCHAT_HOME: newHome() }
  })
  await window.shows(/^>/)
  const time = performance.now() - begin
  window.type('\x03')
  await window.exited
  return { time, cpu: Number(readFileSync(file, 'utf8')) }
}

/** What the built program on a terminal holds, MB, before another member says as much at once, and at most. */
async function memoryInFlood() {
  const env = { SWARMCHAT_NETWORK: 'local', SWARMCHAT_LOCAL_PORT: `${await freePort()}` }
  const bob = new Cli(['join', 'lobby', '--json', '--nick', 'bob'], {
    ...env,
    SWARMCHAT_HOME: newHome()
  })
  await bob.object('ready')
  const ada = new TerminalWindow([process.execPath, PROGRAM, 'join', 'lobby', '--nick', 'ada'], {
    env: { ...env, SWARMCHAT_HOME: newHome() }
  })
  await ada.shows(/in the room with bob/)
  const pid = await ada.pid
  const { now: before } = memoryOf(pid)
  const begin = performance.now()
  for (let n = 0; n < MESSAGES; n += 1) bob.say(`message number ${n}`)
  await ada.until(() => ada.written.includes(`message number ${MESSAGES - 1}`))
  const floodMillis = performance.now() - begin
  const { most } = memoryOf(pid)
  await Promise.all([ada.close(), bob.kill()])
  return { before, most, floodMillis }
}
// The first run leaves compiled code behind.
process.env.XDG_CACHE_HOME = newHome()
await firstPaint()

const rows: Record<string, number[]> = {}
const note = (name: string, value: number) => {
  rows[name] ??= []
  rows[name]?.push(value)
}
for (let run = 0; run < RUNS; run += 1) {
  const { floodCpu, floodEcho, quietEcho, repainted } = await inFlood()
  note('worst echo of a key, nothing else happening, ms', quietEcho)
  note('worst echo of a key while 1,000 messages come in a second, ms', floodEcho)
  note('... times as long as without', floodEcho / quietEcho)
  const bareWorst = await bareEcho()
  note('... of a line of bare readline, in the same flood, ms', bareWorst)
  note('... ours, times as long', floodEcho / bareWorst)
  note('processor time of that second, ms', floodCpu)
  note('rows drawn again, a message', repainted)
  const { before, floodMillis, most } = await memoryInFlood()
  note('1,000 messages of one member to the built program on a pty, ms', floodMillis)
  note('memory of that program before, MB', before)
  note('... and at most, MB', most)
  note('processor time of 10,000 who join, ms', await joins())
  const bare = await startOf('-e', '0')
  const paint = await firstPaint()
  note('node -e 0, ms', bare.time)
  note('swarmchat join, until the prompt is there, ms', paint.time)
  note('... times node -e 0', paint.time / bare.time)
  for (const flag of ['--version', '--help']) {
    const { cpu, time } = await startOf(PROGRAM, flag)
    note(`swarmchat ${flag}, ms`, time)
    note(`... processor time of ${flag}, ms`, cpu)
  }
  note('processor time of node -e 0, ms', bare.cpu)
  note('... of swarmchat join, until the prompt is there, ms', paint.cpu)
  note('... times node -e 0', paint.cpu / bare.cpu)
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
