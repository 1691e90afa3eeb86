import { join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { SETTLE_MILLIS } from '../../room/arrival.js'
import { roomKeys } from '../../room/keys.js'
import type { RoomOptions } from '../../room/open.js'
import { Room } from '../../room/room.js'
import { systemClock } from '../clock.js'
import { type Log, logTo } from '../log.js'
import { RoomDesk } from '../room-desk.js'
import { type BotHome, nameOfProgram, openBotHome } from './bot-home.js'
import { startChild } from './child-host.js'
import { environment } from './env-file.js'
import { Feed } from './feed.js'
import type { Host } from './host.js'
import { checkScript } from './load-script.js'
import { logSink } from './log-output.js'
import { type Place, Supervisor } from './supervisor.js'
import { watchScript } from './watch.js'
import { startWorker } from './worker-host.js'

/** What a bot runs: a script, or a program that speaks JSON lines. */
export type BotCode =
  | { readonly type: 'script'; readonly file: string; readonly watch: boolean }
  | { readonly type: 'program'; readonly command: readonly string[] }

/** How `swarmchat bot` runs. */
export interface RunBotOptions {
  /** Names of rooms; one at least. */
  readonly rooms: readonly string[]
  readonly code: BotCode
  readonly networks: RoomOptions['networks']
  /** Default: the script's name. */
  readonly nick?: string | undefined
  /** A name, or a file with a slash. Default: the script's name. */
  readonly identity?: string | undefined
  readonly envFile?: string | undefined
  /** For programs: hear other bots too. */
  readonly bots: boolean
  /** For programs: whose messages are heard. Default: everybody's. */
  readonly allow?: readonly string[] | undefined
  /** Where the log goes, and whether as JSON. */
  readonly log: { readonly output: Writable; readonly json: boolean }
  /** How long handlers may take to finish, in ms, when the bot stops. */
  readonly grace: number
  /** Fires when the bot is to leave. */
  readonly interrupted: AbortSignal
}

/** What is said last gets out, and the network closes, within this, in ms, after handlers have finished. Guess. */
const FAREWELL_MILLIS = 1_000
/** A program that ends with an error this soon, in ms, after its first start cannot run. Guess: an interpreter's start. */
const STILLBORN_MILLIS = 2_000

/**
 * Runs a bot until it is interrupted, or its program ends. Rejects with BAD_SCRIPT, BAD_PROGRAM (before any room is entered
 * where that can be known), BOT_RUNNING, and with what `Room.open` throws.
 */
export async function runBot(options: RunBotOptions): Promise<void> {
  const { code } = options
  if (code.type === 'script') checkScript(resolve(code.file))
  for (const room of options.rooms) roomKeys(room)
  const env = environment(options.envFile)
  const home = openBotHome(
    code.type === 'script' ? code.file : nameOfProgram(code.command),
    options.identity
  )
  try {
    await new BotRun(options, home, env).run()
  } finally {
    home.release()
  }
}

class BotRun {
  readonly #options: RunBotOptions
  readonly #home: BotHome
  readonly #env: NodeJS.ProcessEnv
  readonly #log: Log
  // BOUNDED: by the rooms on the command line.
  readonly #rooms: Room[] = []
  readonly #places: Place[] = []
  readonly #supervisors: Supervisor[] = []

  constructor(options: RunBotOptions, home: BotHome, env: NodeJS.ProcessEnv) {
    this.#options = options
    this.#home = home
    this.#env = env
    this.#log = logTo(logSink(options.log.output, options.log.json), { bot: home.name })
  }

  async run(): Promise<void> {
    const { code, interrupted, rooms } = this.#options
    try {
      // One thread serves all rooms; a program serves one.
      for (const _ of code.type === 'script' ? [0] : rooms)
        this.#supervisors.push(this.#newSupervisor())
      await Promise.all(this.#supervisors.map(supervisor => supervisor.load()))
      await this.#open(rooms)
      this.#enter()
      const unwatch = this.#watch()
      const ended = Promise.all(this.#supervisors.map(({ done }) => done))
      await Promise.race([ended, fired(interrupted), ...this.#supervisors.map(k => k.failed)])
      unwatch()
    } finally {
      await this.#leave()
    }
  }

  #newSupervisor(): Supervisor {
    const { code, grace } = this.#options
    const stillborn = code.type === 'program' ? STILLBORN_MILLIS : 0
    return new Supervisor({ load: () => this.#load(), log: this.#log, grace, stillborn })
  }

  #load(): Promise<Host> {
    const { allow, bots, code } = this.#options
    const shared = { log: this.#log, env: this.#env }
    if (code.type === 'script') return startWorker({ ...shared, script: resolve(code.file) })
    return startChild({ ...shared, command: code.command, bots, allow })
  }

  // The rooms that are open are on the list, so that they are left whatever happens to the next.
  async #open(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const { directory, identity } = this.#home
      const { networks, nick = this.#home.name } = this.#options
      const room = await Room.open({ name, nick, identity, home: directory, networks, bot: true })
      this.#rooms.push(room)
      this.#places.push(this.#placeFor(room))
    }
  }

  #placeFor(room: Room): Place {
    const log = logTo((level, message, fields) => this.#log[level](message, fields), {
      room: room.name
    })
    const feed = new Feed(log)
    const desk = new RoomDesk({
      room,
      clock: systemClock,
      log,
      onupdate: update => feed.push(update)
    })
    const { device, identity, topic } = room
    const stateFile = join(this.#home.directory, 'state', `${topic}.json`)
    let isReady = false
    void room.ready.then(ready => {
      if (!ready) return
      isReady = true
      desk.start()
      setTimeout(() => log.info('in the room', { identity }), SETTLE_MILLIS).unref()
    })
    const slot = { index: this.#places.length, desk, ready: { topic, identity, device }, stateFile }
    return { slot, feed, isReady: () => isReady }
  }

  #enter(): void {
    const [first, ...others] = this.#supervisors
    if (others.length === 0) first?.enter(this.#places)
    else
      for (const [index, supervisor] of this.#supervisors.entries())
        supervisor.enter(this.#places.slice(index, index + 1))
  }

  #watch(): () => void {
    const { code } = this.#options
    if (code.type !== 'script' || !code.watch) return () => {}
    return watchScript(resolve(code.file), () => {
      for (const supervisor of this.#supervisors) void supervisor.reload()
    })
  }

  async #leave(): Promise<void> {
    await Promise.all(this.#supervisors.map(supervisor => supervisor.stop()))
    const said = this.#places.map(({ slot }) => slot.desk.outbox.empty())
    await Promise.race([Promise.all(said), pause(FAREWELL_MILLIS)])
    for (const { slot } of this.#places) slot.desk.outbox.stop()
    await Promise.all(this.#rooms.map(room => room.leave()))
  }
}

function fired(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function pause(millis: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, millis).unref())
}
