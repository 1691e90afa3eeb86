import { aFunction, type Checks, checkFunction, checkOptions, objectOf } from '../base/options.js'
import { Bot, type BotScript } from './bot.js'
import { type BotClock, systemClock } from './clock.js'
import { type Log, logTo } from './log.js'
import { type BotRoom, RoomDesk } from './room-desk.js'
import { Session } from './session.js'
import { State, type StateStorage } from './state.js'
import { memoryStorage } from './state-file.js'

/** How a bot is put into a room. */
export interface AttachOptions {
  /** Default: kept in memory only. */
  readonly storage?: StateStorage
  /** Default: the computer's. */
  readonly clock?: BotClock
  /** Default: nothing is logged. */
  readonly log?: Log
}

const CHECKS: Checks<AttachOptions> = {
  storage: objectOf({ load: aFunction, save: aFunction }),
  clock: objectOf({ now: aFunction, after: aFunction }),
  log: objectOf({ debug: aFunction, info: aFunction, warn: aFunction, error: aFunction })
}

/** A bot in a room. */
export interface AttachedBot {
  /** The bot is in the room: its `start` handlers run, and who is heard of from now on has come after it. */
  start(): void
  /** True while a handler runs or an update waits. */
  readonly handling: boolean
  /** Handles what waits, then stops. Never rejects. */
  stop(): Promise<void>
}

/** Puts a bot into a room that the caller opened (as a bot: `Room.open({ bot: true })`) and leaves. Rejects with BAD_OPTION. */
export async function attachBot(
  room: BotRoom,
  script: BotScript,
  options: AttachOptions = {}
): Promise<AttachedBot> {
  checkFunction('attachBot', script)
  checkOptions('attachBot', options, CHECKS)
  const { clock = systemClock, log = logTo(() => {}), storage = memoryStorage() } = options
  const bot = new Bot()
  await script(bot)
  const state = await State.open(storage)
  let attached = true
  room.offerCommands(bot.commandNames)
  const { pace } = bot.options
  const desk = new RoomDesk({
    room,
    clock,
    log,
    pace,
    onupdate: update => void (attached && session.take(update))
  })
  const session = new Session({ bot, desk, state, clock, log })
  const stop = async () => {
    attached = false
    await session.stop()
    desk.outbox.stop()
  }
  return {
    start: () => desk.start(),
    get handling() {
      return session.busy
    },
    stop
  }
}
