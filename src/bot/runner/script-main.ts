import { codeOf, hintOf, messageOf } from '../../base/errors.js'
import { Bot } from '../bot.js'
import { systemClock } from '../clock.js'
import { millisOf } from '../duration.js'
import { type LogFields, type LogLevel, logTo } from '../log.js'
import { DEFAULT_TIMEOUT, Session } from '../session.js'
import { State } from '../state.js'
import { fileStorage, tellingStorage } from '../state-file.js'
import { describe } from './describe.js'
import { startThread } from './entry.js'
import { BEAT_MILLIS } from './heartbeat.js'
import { loadScript } from './load-script.js'
import { Calls, RemoteDesk } from './remote-desk.js'
import type { FromScript, ToScript, WatchdogData } from './script-messages.js'

// The process that a script runs in. The rooms live on the other side of Node's channel: whatever happens here leaves
// them alone.

/** A script may compute for this long without yielding, or for as long as its handlers may take, if that is less. Guess. */
const LONGEST_HANG_MILLIS = 10_000
/** ... but not for less than this: the watchdog looks once a second. */
const SHORTEST_HANG_MILLIS = 2_000

const [script = '', cache = ''] = process.argv.slice(2)
const bot = new Bot()
const calls = new Calls(send)
const counters = startWatchdog()
// BOUNDED: by the rooms on the command line.
const rooms = new Map<number, Promise<{ desk: RemoteDesk; session: Session }>>()

process.on('unhandledRejection', thrown => {
  send({
    type: 'log',
    level: 'error',
    message: `not caught: ${describe(thrown, script)}`,
    fields: {}
  })
})
process.on('uncaughtException', thrown => void crash(thrown))
process.on('disconnect', () => process.exit())
process.on('message', (message: ToScript) => obey(message))
await start()

async function start(): Promise<void> {
  try {
    const setUp = await loadScript(script, cache)
    await setUp(bot)
    const { pace, timeout = DEFAULT_TIMEOUT } = bot.options
    limitHanging(millisOf(timeout))
    send({ type: 'loaded', pace, commands: bot.commandNames })
  } catch (thrown) {
    const message = codeOf(thrown) === 'BAD_SCRIPT' ? messageOf(thrown) : describe(thrown, script)
    send({ type: 'failed', message, hint: hintOf(thrown) })
  }
}

function obey(message: ToScript): void {
  switch (message.type) {
    case 'enter':
      enter(message)
      break
    case 'update':
      void take(message)
      break
    case 'said':
    case 'unsaid':
      calls.settle(message)
      break
    case 'stop':
      void stop()
  }
}

// Without its state the bot must not go on: it would begin anew, and lose what it had.
function enter(entered: Extract<ToScript, { type: 'enter' }>): void {
  rooms.set(entered.room, openRoom(entered).catch(crash))
}

async function openRoom(entered: Extract<ToScript, { type: 'enter' }>) {
  const log = logTo(sendLog, { room: entered.name })
  const failed = (reason: string) => log.error(`the state is not saved: ${reason}`)
  const state = await State.open(tellingStorage(fileStorage(entered.stateFile), failed))
  const desk = new RemoteDesk(entered, calls)
  return { desk, session: new Session({ bot, desk, state, clock: systemClock, log }) }
}

async function take({ room, seq, update }: Extract<ToScript, { type: 'update' }>): Promise<void> {
  const entered = await rooms.get(room)
  entered?.desk.take(update)
  await entered?.session.take(update)
  send({ type: 'done', seq })
}

async function stop(): Promise<void> {
  const sessions = await Promise.all(rooms.values())
  await Promise.all(sessions.map(({ session }) => session.stop()))
  calls.end()
  send({ type: 'stopped' })
}

function crash(thrown: unknown): Promise<never> {
  send({ type: 'crashed', reason: describe(thrown, script) }, () => process.exit(1))
  return new Promise(() => {})
}

// This thread counts as long as it yields; another one looks.
function startWatchdog(): Int32Array {
  const counters = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))
  counters[1] = LONGEST_HANG_MILLIS
  setInterval(() => Atomics.add(counters, 0, 1), BEAT_MILLIS).unref()
  const workerData: WatchdogData = { script, counters }
  const watchdog = startThread('watchdog', workerData)
  watchdog.on('error', thrown => sendLog('error', 'the watchdog failed', { error: thrown }))
  watchdog.unref()
  return counters
}

function limitHanging(timeout: number): void {
  counters[1] = Math.max(SHORTEST_HANG_MILLIS, Math.min(LONGEST_HANG_MILLIS, timeout))
}

function sendLog(level: LogLevel, message: string, fields: LogFields): void {
  send({ type: 'log', level, message, fields: plain(fields) })
}

// What goes to another process is data.
function plain(fields: LogFields): LogFields {
  const entries = Object.entries(fields).map(([key, value]) => [key, plainValue(value)])
  return Object.fromEntries(entries)
}

function plainValue(value: unknown): unknown {
  if (value instanceof Error) return describe(value, script)
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null')
  } catch (thrown) {
    return messageOf(thrown)
  }
}

// What cannot be sent has nobody to hear it: the room's side is gone.
function send(message: FromScript, onsent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, onsent)
  else onsent()
}
