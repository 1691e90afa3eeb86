import { untilAborted } from '../../async/until-aborted.js'
import { offlineEverywhere } from '../../base/errors.js'
import {
  aBoolean,
  aFunction,
  aSignal,
  type Checks,
  checkOptions,
  numberFrom
} from '../../base/options.js'
import type { Millis } from '../../base/time.js'
import type { Room } from '../room.js'
import { type Census, CensusTaker } from './census-taker.js'

export type { Census } from './census-taker.js'

/** How a room is looked at. */
export interface WatchOptions {
  /** Ends it; a census ends early with what was found. */
  readonly interrupted?: AbortSignal | undefined
  /** Called with everything found so far, whenever that may have changed. */
  readonly onchange?: ((census: Census) => void) | undefined
}

/** How a room is counted. */
export interface CensusOptions extends WatchOptions {
  /** Ends after so many ms, and the second that the last proofs take. */
  readonly timeout: Millis
  /** True: also asks everybody who can be reached for its neighbours. Default false. */
  readonly graph?: boolean | undefined
}

const WATCH: Checks<WatchOptions> = { interrupted: aSignal, onchange: aFunction }
const CENSUS: Checks<CensusOptions> = { ...WATCH, timeout: numberFrom(0), graph: aBoolean }

/**
 * Looks who is in a room that was opened as an observer: looks up until nearly all that is announced
 * was seen, reaches for all of them, and asks everybody linked once more at the end, so that nobody
 * counts as verified who is dead by then. Ends early when the time is up, or with an interruption.
 * Throws BAD_OPTION, and OFFLINE if no network answered by then.
 */
export async function takeCensus(room: Room, options: CensusOptions): Promise<Census> {
  checkOptions('takeCensus', options, CENSUS, ['timeout'])
  const { interrupted, timeout } = options
  const census = new CensusTaker(room, options)
  await untilAborted(interrupted, census.take(timeout))
  census.end()
  if (!room.online && interrupted?.aborted !== true) throw offlineEverywhere(room.problems)
  return census.found()
}

/**
 * The same again and again, until it is interrupted. Whoever is linked is asked every few seconds; the DHT is looked up
 * anew after 10 s, and twice as late each time that this brings nobody new, up to 5 min. Who has not been heard of for
 * half an hour is left out. Offline it goes on trying. Throws BAD_OPTION.
 */
export async function watchRoom(room: Room, options: WatchOptions): Promise<void> {
  checkOptions('watchRoom', options, WATCH)
  const census = new CensusTaker(room, options)
  await untilAborted(options.interrupted, census.watch())
  census.end()
}
