/// <reference types="node" preserve="true" />
// Common: a bot in a few lines. `export default (bot: Bot) => { bot.command('roll', ctx => ctx.reply('4')) }`

export { type Named, Names } from '../base/names.js'
export type { BotScript, Contexts, ErrorHandler, Handler } from './bot.js'
export { Bot } from './bot.js'
export type { BotOptions, HearOptions } from './bot-options.js'
export type { CommandAbout } from './commands.js'
export type {
  CardContext,
  ChangeContext,
  CommandContext,
  Context,
  DirectContext,
  HearsContext,
  MemberContext,
  MessageContext,
  ReplyOptions,
  Sent,
  SubjectContext
} from './context.js'
export type { Duration } from './duration.js'
export { millisOf } from './duration.js'
export type { Log, LogFields, LogLevel } from './log.js'
export type { Middleware, Next } from './middleware.js'
export type { Pace } from './outbox.js'
export { nextCron } from './schedule.js'
export type { State } from './state.js'
export type { Author, BotMessage, Update, UpdateType } from './updates.js'

// Advanced: a bot in a room that the program opened itself.

export type { AttachOptions } from './attach.js'
export { attachBot } from './attach.js'
export type { Bookmark, Handled } from './bookmark.js'
export { fileBookmark } from './bookmark.js'
export type { BotClock } from './clock.js'
export { systemClock } from './clock.js'
export type { BotRoom } from './room-desk.js'
export type { StateStorage } from './state.js'
export { fileStorage, memoryStorage } from './state-file.js'
