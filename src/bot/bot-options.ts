import {
  aBoolean,
  aString,
  badArgument,
  badOption,
  type Checks,
  checkedLater,
  checkOptions,
  listOf,
  numberFrom,
  objectOf,
  objectWith
} from '../base/options.js'
import { identitiesIn } from './allow.js'
import type { CommandAbout } from './commands.js'
import { type Duration, millisOf } from './duration.js'
import type { Pace } from './outbox.js'
import type { UpdateType } from './updates.js'

/** How a bot behaves. */
export interface BotOptions {
  /** A handler is given up after this. Default 30 s. */
  readonly timeout?: Duration
  /** How fast it speaks. Default: 2 messages a second, 10 at once, 100 waiting; 1 in 2 s in answer to bots. */
  readonly pace?: Partial<Pace>
  /** True: handlers hear other bots too. Default false: only where they address this one. */
  readonly bots?: boolean
  /** True: handlers hear what was said while the bot was away, as `missed`. Default false. */
  readonly missed?: boolean
  /** Whose commands (and words that `hears` waits for) are obeyed: identities, 64 hex digits. Default: everybody's. */
  readonly allow?: readonly string[]
}

/** What a handler wants to hear besides people who speak now. */
export interface HearOptions {
  /** Also other bots. Default: what the bot is configured to. */
  readonly bots?: boolean
  /** Also what was said before the bot came, and who was there then. Default false. */
  readonly history?: boolean
  /** Also what was said while the bot was away. Default: what the bot is configured to. */
  readonly missed?: boolean
  /** Whose words are heard: identities, 64 hex digits. Default for commands and `hears`: what the bot is configured to. */
  readonly allow?: readonly string[]
}

const RATE = { perSecond: aRate, burst: numberFrom(1) }
const PACE: Checks<Pace> = { ...RATE, queue: numberFrom(1), bots: objectWith(RATE) }
const BOT: Checks<BotOptions> = {
  // What it is says BAD_DURATION.
  timeout: checkedLater,
  pace: objectOf(PACE),
  bots: aBoolean,
  missed: aBoolean,
  allow: listOf(aString, 'identities')
}
const HEAR: Checks<HearOptions & CommandAbout> = {
  bots: aBoolean,
  history: aBoolean,
  missed: aBoolean,
  allow: listOf(aString, 'identities'),
  args: aString,
  help: aString
}
const TYPES: Readonly<Record<UpdateType, true>> = {
  message: true,
  edit: true,
  delete: true,
  reaction: true,
  direct: true,
  subject: true,
  card: true,
  join: true,
  leave: true,
  rename: true,
  receipt: true,
  start: true,
  stop: true
}

/** Throws BAD_OPTION, BAD_DURATION. */
export function checkBotOptions(options: BotOptions): void {
  checkOptions('bot.configure', options, BOT)
  if (options.timeout !== undefined) millisOf(options.timeout)
}

/** `of`: the method that was given them. Throws BAD_OPTION. */
export function checkHearOptions(of: string, options: HearOptions & CommandAbout): void {
  checkOptions(of, options, HEAR)
}

/** Throws BAD_OPTION. */
export function checkCron(options: { readonly timezone?: string }): void {
  checkOptions('bot.cron', options, { timezone: aString })
}

/** Throws BAD_OPTION for what is no pattern. */
export function checkPattern(pattern: RegExp): void {
  if (!(pattern instanceof RegExp)) throw badArgument('bot.hears', 'a regular expression', pattern)
}

/** Throws BAD_OPTION for a type of updates that never come. */
export function checkType(type: UpdateType): void {
  if (!Object.hasOwn(TYPES, type)) throw badOption('bot.on', 'type', oneOfThem(), type)
}

/** The same options, with identities as they are written. Throws NOT_AN_IDENTITY. */
export function withIdentities<O extends { readonly allow?: readonly string[] }>(options: O): O {
  return options.allow === undefined ? options : { ...options, allow: identitiesIn(options.allow) }
}

function oneOfThem(): string {
  return `one of ${Object.keys(TYPES).join(', ')}`
}

function aRate(value: unknown): string | undefined {
  return typeof value === 'number' && value > 0 ? undefined : 'a number over 0'
}
