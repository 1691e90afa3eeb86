import { aFunction, type Checks, checkFunction, checkOptions, objectWith } from '../base/options.js'
import { Backlog } from './backlog.js'
import type { Bookmark } from './bookmark.js'
import { Bot, type BotScript } from './bot.js'
import { type BotClock, systemClock } from './clock.js'
import { type Log, logTo } from './log.js'
import { Progress } from './progress.js'
import { type BotRoom, RoomDesk } from './room-desk.js'
import { Session } from './session.js'
import { State, type StateStorage } from './state.js'
import { memoryStorage } from './state-file.js'

/** How a bot is put into a room. */
export interface AttachOptions {
  /** Default: kept in memory only. */
  readonly storage?: StateStorage
  /** What it has handled is kept here, if the room is kept on the disk. Default: not at all, and it misses nothing. */
  readonly bookmark?: Bookmark
  /** Default: the computer's. */
  readonly clock?: BotClock
  /** Default: nothing is logged. */
  readonly log?: Log
}

const CHECKS: Checks<AttachOptions> = {
  storage: objectWith({ load: aFunction, save: aFunction }),
  bookmark: objectWith({ read: aFunction, write: aFunction }),
  clock: objectWith({ now: aFunction, after: aFunction }),
  log: objectWith({ debug: aFunction, info: aFunction, warn: aFunction, error: aFunction })
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

/** A bot, and what it hears. */
interface Attached {
  readonly backlog: Backlog
  readonly desk: RoomDesk
  /** Nothing more is taken in. */
  readonly detach: () => void
  readonly session: Session
}

/**
 * Puts a bot into a room that the caller opened (as a bot: `Room.open({ bot: true })`) in this turn, and leaves. Rejects with
 * BAD_OPTION, with what the script throws, and with DAMAGED_STATE.
 */
export async function attachBot(
  room: BotRoom,
  script: BotScript,
  options: AttachOptions = {}
): Promise<AttachedBot> {
  checkFunction('attachBot', script)
  checkOptions('attachBot', options, CHECKS)
  const { bookmark, clock = systemClock, log = logTo(() => {}) } = options
  let isAttached = true
  const bot = new Bot()
  const progress = room.log && bookmark && new Progress({ bookmark, now: () => clock.now(), log })
  const backlog = new Backlog(log, cursor => progress?.handled(cursor))
  const desk = new RoomDesk({
    room,
    clock,
    log,
    progress,
    onupdate: (update, cursor) => void (isAttached && backlog.push(update, cursor)),
    roomForPast: () => backlog.room()
  })
  const detach = () => {
    isAttached = false
  }
  try {
    await script(bot)
    const state = await State.open(options.storage ?? memoryStorage())
    room.offerCommands(bot.commandNames)
    if (bot.options.pace !== undefined) desk.outbox.setPace(bot.options.pace)
    const session = new Session({ bot, desk, state, clock, log })
    return attached({ backlog, desk, detach, session })
  } catch (thrown) {
    await desk.end()
    throw thrown
  }
}

function attached({ backlog, desk, detach, session }: Attached): AttachedBot {
  backlog.attach(async update => {
    await session.take(update)
    return true
  })
  const stop = async () => {
    detach()
    await backlog.idle()
    await session.stop()
    await desk.end()
  }
  return {
    start: () => desk.start(),
    get handling() {
      return session.busy || backlog.isBusy
    },
    stop
  }
}
