import { join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { atMost } from '../../async/at-most.js'
import { untilAborted } from '../../async/until-aborted.js'
import type { Millis } from '../../base/time.js'
import { SETTLE_MILLIS } from '../../room/arrival.js'
import { openRoomKeys, type RoomAddress, type RoomKeys } from '../../room/keys.js'
import type { RoomOptions } from '../../room/open.js'
import type { Room } from '../../room/room.js'
import type { Rooms } from '../../room/rooms.js'
import { LastWords } from '../../room/sending/last-words.js'
import { identitiesIn } from '../allow.js'
import { Backlog } from '../backlog.js'
import { fileBookmark } from '../bookmark.js'
import { systemClock } from '../clock.js'
import { type Log, logTo } from '../log.js'
import { Progress } from '../progress.js'
import { RoomDesk } from '../room-desk.js'
import { fileStorage } from '../state-file.js'
import { type BotHome, botIdentityFile, nameOf, nameOfProgram, openBotHome } from './bot-home.js'
import { startChild } from './child-host.js'
import { environment, warningAbout } from './env-file.js'
import type { Host } from './host.js'
import { checkScript } from './load-script.js'
import { logSink } from './log-output.js'
import { startScript } from './script-host.js'
import { type Place, Supervisor } from './supervisor.js'
import { watchScript } from './watch.js'

/** What a bot runs: a script, or a program that speaks JSON lines. */
export type BotCode =
  | { readonly type: 'script'; readonly file: string; readonly watch: boolean }
  | { readonly type: 'program'; readonly command: readonly string[] }

/** How `swarmchat bot` runs. */
export interface RunBotOptions {
  /** One at least. */
  readonly rooms: readonly RoomAddress[]
  readonly code: BotCode
  readonly networks: RoomOptions['networks']
  /** As for any room. Default: none. */
  readonly relays?: RoomOptions['relays']
  /** As for any room. Default true. */
  readonly volunteer?: RoomOptions['volunteer']
  /** As for any room. Default false. */
  readonly ephemeral?: RoomOptions['ephemeral']
  readonly keep?: RoomOptions['keep']
  /** Default: the script's name. */
  readonly nick?: string | undefined
  /** A name, or a file with a slash. Default: the script's name; a program's nick, else its name. */
  readonly identity?: string | undefined
  /** Asks for the passphrase of the identity in this file, if it is locked. */
  readonly openIdentity: (file: string) => Promise<void>
  readonly envFile?: string | undefined
  /** For programs: hear other bots too. */
  readonly bots: boolean
  /** For programs: hear what was said while it was away. */
  readonly missed: boolean
  /** For programs: whose messages are heard. Default: everybody's. */
  readonly allow?: readonly string[] | undefined
  /** Where the log goes, and whether as JSON. */
  readonly log: { readonly output: Writable; readonly json: boolean }
  /** How long handlers may take to finish when the bot stops. */
  readonly grace: Millis
  /** Hears of each room when it is open. Default: nobody. */
  readonly onopen?: ((room: Room) => void) | undefined
  /** Fires when the bot is to leave. */
  readonly interrupted: AbortSignal
}

/** What is said last gets out, and the network closes, within this, in ms, after handlers have finished. Guess. */
const FAREWELL_MILLIS: Millis = 1_000
/** A program that ends with an error this soon, in ms, after its first start cannot run. Guess: an interpreter's start on a busy machine. */
const STILLBORN_MILLIS: Millis = 5_000

/**
 * Runs a bot until it is interrupted, or its program ends. Rejects with BAD_SCRIPT, BAD_PROGRAM (before any room is entered
 * where that can be known), NO_PROGRAM, DAMAGED_STATE, NOT_AN_IDENTITY, BOT_RUNNING, and with what `Room.open` throws.
 */
export async function runBot(options: RunBotOptions): Promise<void> {
  const { code } = options
  if (code.type === 'script') checkScript(resolve(code.file))
  const keys = await Promise.all(options.rooms.map(openRoomKeys))
  const allow = options.allow && identitiesIn(options.allow)
  const name =
    code.type === 'script' ? nameOf(code.file) : nameOfProgram(code.command, options.nick)
  await options.openIdentity(botIdentityFile(name, options.identity))
  // The passphrase is not in it any more.
  const env = environment(options.envFile)
  const home = openBotHome(name, options.identity)
  try {
    if (code.type === 'script') await checkStates(home, keys)
    await new BotRun({ ...options, allow }, home, env).run()
  } finally {
    home.release()
  }
}

// A bot without its state would begin anew, and lose what it had: it enters no room.
async function checkStates(home: BotHome, rooms: readonly RoomKeys[]): Promise<void> {
  for (const { topic } of rooms) await fileStorage(stateFile(home, topic)).load()
}

function stateFile({ directory }: BotHome, topic: string): string {
  return join(directory, 'state', `${topic}.json`)
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
  // BOUNDED: likewise.
  readonly #lastWords: LastWords[] = []

  constructor(options: RunBotOptions, home: BotHome, env: NodeJS.ProcessEnv) {
    this.#options = options
    this.#home = home
    this.#env = env
    this.#log = logTo(logSink(options.log.output, options.log.json), { bot: home.name })
    const warning = options.envFile === undefined ? undefined : warningAbout(options.envFile)
    if (warning !== undefined) this.#log.warn(warning)
  }

  async run(): Promise<void> {
    const starting = this.#start()
    const ended = starting.then(() => this.#untilEnd()).then(() => this.#untilHeard())
    try {
      await untilAborted(this.#options.interrupted, ended)
    } finally {
      await this.#leave(starting)
    }
  }

  async #start(): Promise<void> {
    const { code, rooms } = this.#options
    // One process serves all rooms of a script; a program serves one.
    for (const _ of code.type === 'script' ? [0] : rooms)
      this.#supervisors.push(this.#newSupervisor())
    // Rooms take as long to load as most scripts.
    const [{ Rooms }] = await Promise.all([
      import('../../room/rooms.js'),
      ...this.#supervisors.map(supervisor => supervisor.load())
    ])
    const onNetworks = new Rooms({ networks: this.#options.networks })
    for (const address of rooms)
      if (!this.#options.interrupted.aborted) await this.#open(address, onNetworks)
    if (!this.#options.interrupted.aborted) this.#enter()
  }

  async #untilEnd(): Promise<void> {
    const unwatch = this.#watch()
    const ended = Promise.all(this.#supervisors.map(({ done }) => done))
    await Promise.race([ended, ...this.#supervisors.map(({ failed }) => failed)]).finally(unwatch)
  }

  // A bot that has done its work may have spoken before it met anybody.
  async #untilHeard(): Promise<void> {
    await Promise.all(this.#places.map(({ slot }) => slot.desk.outbox.empty()))
    await Promise.all(this.#lastWords.map(words => words.heard()))
  }

  #newSupervisor(): Supervisor {
    const { code, grace } = this.#options
    const stillborn = code.type === 'program' ? STILLBORN_MILLIS : 0
    const load = (signal: AbortSignal) => this.#load(signal)
    return new Supervisor({ load, clock: systemClock, log: this.#log, grace, stillborn })
  }

  #load(signal: AbortSignal): Promise<Host> {
    const { allow, bots, code, missed } = this.#options
    const shared = { log: this.#log, env: this.#env }
    if (code.type === 'program')
      return startChild({ ...shared, command: code.command, bots, allow, missed })
    return startScript({ ...shared, script: resolve(code.file), cache: this.#home.cache }, signal)
  }

  // A room that is open is on the list, so that it is left whatever happens to the next.
  async #open(address: RoomAddress, rooms: Rooms): Promise<void> {
    const { directory, identity } = this.#home
    const { ephemeral, keep, nick = this.#home.name, relays, volunteer } = this.#options
    const who = { nick, identity, home: directory, bot: true }
    const commands = this.#supervisors[0]?.commands
    this.#log.info('joining', { room: address.name, nick })
    const how = { commands, ephemeral, keep, relays, volunteer }
    const room = await rooms.open({ ...address, ...who, ...how })
    this.#rooms.push(room)
    this.#options.onopen?.(room)
    this.#places.push(this.#placeFor(room))
  }

  #placeFor(room: Room): Place {
    const log = logTo((level, message, fields) => this.#log[level](message, fields), {
      room: room.name
    })
    const { device, identity, topic } = room
    const bookmark = fileBookmark(join(this.#home.directory, 'handled', topic))
    const progress = room.log && new Progress({ bookmark, now: systemClock.now, log })
    const backlog = new Backlog(log, cursor => progress?.handled(cursor))
    const desk = new RoomDesk({
      room,
      clock: systemClock,
      log,
      progress,
      onupdate: (update, cursor) => backlog.push(update, cursor),
      roomForPast: () => backlog.room()
    })
    this.#lastWords.push(new LastWords(room))
    let isReady = false
    void room.ready.then(ready => {
      if (!ready) return
      isReady = true
      desk.start()
      setTimeout(() => log.info('in the room', { identity }), SETTLE_MILLIS).unref()
    })
    const slot = {
      index: this.#places.length,
      desk,
      ready: { topic, identity, device },
      stateFile: stateFile(this.#home, topic)
    }
    return { slot, backlog, isReady: () => isReady }
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

  // What is starting ends first: nothing may be opened behind our back. On a busy machine that may take longer than we have.
  async #leave(starting: Promise<void>): Promise<void> {
    const started = atMost(this.#options.grace, starting).catch(() => {})
    await Promise.all([started, ...this.#supervisors.map(supervisor => supervisor.stop())])
    const said = this.#places.map(({ slot }) => slot.desk.outbox.empty())
    await atMost(FAREWELL_MILLIS, Promise.all(said))
    await Promise.all(this.#places.map(({ slot }) => slot.desk.end()))
    await Promise.all(this.#rooms.map(room => room.leave()))
    if (this.#rooms.length > 0) this.#log.info('left')
  }
}
