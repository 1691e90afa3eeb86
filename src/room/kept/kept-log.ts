import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf } from '../../base/errors.js'
import type { IdentityKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { homeDirectory } from '../../home/directory.js'
import type { Identity } from '../../home/identity.js'
import { ChatLog, type LineEvent } from '../../protocol/chat/chat-log.js'
import { KeptDirects } from '../../protocol/chat/kept-directs.js'
import type { RoomEvent } from '../../protocol/events.js'
import { inArrivalOrder, type Log } from '../../store/log.js'
import { followShared } from '../../store/sharing.js'
import { systemClock } from '../clock.js'
import type { RoomKeys } from '../keys.js'
import { cursorText, numberOf } from './cursor.js'
import { keptPlace, loadFrom, PATIENCE_MILLIS } from './kept-source.js'
import { openAll } from './read-history.js'

/** Where to begin, and whether to go on. */
export interface KeptLogOptions {
  /** Default: {@link homeDirectory}. */
  readonly home?: string | undefined
  /** The cursor after which it begins. Default: with everything that is kept. */
  readonly since?: string | undefined
  /** True: goes on with what comes, until `signal` fires. Default: ends with what is kept now. */
  readonly follow?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Whose private messages are among them. Default: nobody's. */
  readonly identity?: Identity | undefined
  /** To whom it may have written who never said anything here themselves. Default: nobody. */
  readonly correspondents?: readonly IdentityKey[] | undefined
}

/** What was said, or changed of it, and where to go on after it. */
export interface KeptEvent {
  readonly event: LineEvent | Extract<RoomEvent, { readonly type: 'direct' }>
  readonly cursor: string
}

/** Messages back to which a change is told of while a log is followed. */
const MAX_REMEMBERED = 100_000
/** While nobody is in the room, it is looked so often whether somebody is. Guess: nobody notices. */
const LOOK_MILLIS: Millis = 500
/** Who has it, and does not answer, is looked for so many times. */
const MAX_LOOKS = PATIENCE_MILLIS / LOOK_MILLIS

/**
 * What is kept of a room, in the order in which it came, without joining it: of the program that is in the room while one is,
 * and of the one that comes after it. Throws BAD_CURSOR, CURSOR_UNKNOWN, and what `keptHistory` does.
 */
export async function* keptLog(
  keys: RoomKeys,
  options: KeptLogOptions = {}
): AsyncGenerator<KeptEvent> {
  const {
    correspondents,
    follow = false,
    home = homeDirectory(),
    identity,
    signal,
    since
  } = options
  const privately = identity && new KeptDirects(identity.keyPair, keys.topic, correspondents)
  const startedAt = systemClock.wall()
  const chat = new ChatLog(MAX_REMEMBERED)
  let at: { readonly epoch: string | undefined; readonly number: number } | undefined
  for await (const log of logs(home, keys, follow, signal)) {
    // A history that was deleted meanwhile begins anew.
    if (at === undefined || at.epoch !== log.epoch)
      at = { epoch: log.epoch, number: since === undefined ? 0 : numberOf(since, log) }
    const { messages } = await openAll(inArrivalOrder(log.messages), keys)
    const numbers = new Map(log.messages.map(({ id, number }) => [id, number]))
    const directs = new Map(privately?.among(messages).map(direct => [direct.id, direct]))
    for (const message of messages) {
      const number = numbers.get(message.id)
      if (number === undefined || log.epoch === undefined) continue
      if (number <= at.number) chat.pass(message)
      if (number <= at.number) continue
      at = { epoch: log.epoch, number }
      const cursor = cursorText({ epoch: log.epoch, number })
      const history = message.clock < startedAt
      for (const event of chat.take(message, history)) yield { event, cursor }
      const direct = directs.get(message.id)
      if (direct) yield { event: { type: 'direct', message: { ...direct, history } }, cursor }
    }
  }
}

/** All that is kept, and then, if it is followed, what comes to it: of whoever has it. */
async function* logs(
  home: string,
  keys: RoomKeys,
  follow: boolean,
  signal: AbortSignal = new AbortController().signal
): AsyncGenerator<Log> {
  const { directory, path } = keptPlace(home, keys)
  let [isRead, asked] = [false, 0]
  while (!signal.aborted) {
    let isShared = false
    for await (const log of followShared(path, signal)) {
      isShared = true
      yield log
      if (!follow) return
    }
    // Whoever had it has gone, and may have written more.
    const isDue: boolean = !signal.aborted && (isShared || !isRead)
    const log: Log | undefined = isDue
      ? await loadUnlessTaken(directory, isShared || isRead || ++asked < MAX_LOOKS)
      : undefined
    isRead ||= log !== undefined
    if (log !== undefined) yield log
    if (!follow && isRead) return
    await sleep(LOOK_MILLIS, undefined, { signal }).catch(() => {})
  }
}

// Somebody else may have come first: that one is asked next.
async function loadUnlessTaken(directory: string, isPatient: boolean): Promise<Log | undefined> {
  try {
    return await loadFrom(directory)
  } catch (thrown) {
    if (isPatient && codeOf(thrown) === 'STORE_IN_USE') return undefined
    throw thrown
  }
}
