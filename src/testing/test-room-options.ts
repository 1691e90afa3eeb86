import {
  anObject,
  anyOf,
  aString,
  type Checks,
  checkOptions,
  listOf,
  numberFrom
} from '../base/options.js'
import type { Millis } from '../base/time.js'
import type { BotScript } from '../bot/bot.js'
import type { WireOptions } from './world/wire.js'

/** What a test room starts from. */
export interface TestRoomOptions extends WireOptions {
  /** People, by nick. */
  readonly members?: readonly string[]
  /** Bots, by nick: what their scripts export. */
  readonly bots?: Readonly<Record<string, BotScript>>
  /** The same seed gives the same run. Default 1. */
  readonly seed?: number
  /** The room's name. Default `test`. */
  readonly name?: string
  /** When it begins, ms since 1970. Default: Monday, 1 January 2024, 00:00 UTC. */
  readonly start?: Millis
  /** How many real ms a handler may wait for files and sockets before virtual time goes on. Default 1,000. */
  readonly patience?: Millis
}

const CHECKS: Checks<TestRoomOptions> = {
  members: listOf(aString, 'nicks'),
  bots: anObject,
  seed: numberFrom(0),
  name: aString,
  start: numberFrom(0),
  patience: numberFrom(0),
  delay: anyOf('milliseconds, or a pair of them', numberFrom(0), listOf(numberFrom(0), 'millis')),
  loss: numberFrom(0)
}

/** Throws BAD_OPTION. */
export function checkTestRoomOptions(options: TestRoomOptions): void {
  checkOptions('createTestRoom', options, CHECKS)
}
