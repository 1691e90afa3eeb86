import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../../base/errors.js'
import { Bot } from '../bot.js'
import { systemClock } from '../clock.js'
import { millisOf } from '../duration.js'
import { type LogFields, type LogLevel, logTo } from '../log.js'
import { Session } from '../session.js'
import { State } from '../state.js'
import { fileStorage } from '../state-file.js'
import { describe } from './describe.js'
import { loadScript } from './load-script.js'
import { Calls, RemoteDesk } from './remote-desk.js'
import type { FromWorker, ToWorker, WorkerData } from './worker-protocol.js'

// The thread that a script runs in. The rooms live on the other side of the port: whatever happens here leaves them alone.

const { script }: WorkerData = workerData
const bot = new Bot()
const calls = new Calls(send)
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
parentPort?.on('message', (message: ToWorker) => obey(message))
await start()

async function start(): Promise<void> {
  try {
    const setUp = await loadScript(script)
    await setUp(bot)
    const { pace, timeout = '30s' } = bot.options
    send({ type: 'loaded', pace, timeout: millisOf(timeout) })
  } catch (thrown) {
    const isOurs = thrown instanceof Error && 'code' in thrown && thrown.code === 'BAD_SCRIPT'
    send({ type: 'failed', message: isOurs ? thrown.message : `${describe(thrown, script)}` })
  }
}

function obey(message: ToWorker): void {
  switch (message.type) {
    case 'enter':
      rooms.set(message.room, enter(message))
      break
    case 'update':
      void take(message)
      break
    case 'said':
    case 'unsaid':
      calls.settle(message)
      break
    case 'ping':
      send({ type: 'pong' })
      break
    case 'stop':
      void stop()
  }
}

async function enter(entered: Extract<ToWorker, { type: 'enter' }>) {
  const log = logTo(sendLog, { room: entered.name })
  const state = await State.open(fileStorage(entered.stateFile))
  const desk = new RemoteDesk(entered, calls)
  return { desk, session: new Session({ bot, desk, state, clock: systemClock, log }) }
}

async function take({ room, seq, update }: Extract<ToWorker, { type: 'update' }>): Promise<void> {
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

function sendLog(level: LogLevel, message: string, fields: LogFields): void {
  send({ type: 'log', level, message, fields: plain(fields) })
}

// What goes to another thread is data.
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

function send(message: FromWorker): void {
  parentPort?.postMessage(message)
}
