import { checkFunction } from '../base/options.js'
import {
  type BotOptions,
  checkBotOptions,
  checkCron,
  checkHearOptions,
  checkPattern,
  checkType,
  type HearOptions,
  withIdentities
} from './bot-options.js'
import {
  type Call,
  type Command,
  type CommandAbout,
  declareCommand,
  helpText,
  lacksArguments,
  parseCall,
  usageOf
} from './commands.js'
import {
  type CardContext,
  type ChangeContext,
  CommandContext,
  type Context,
  type ContextParts,
  DirectContext,
  HearsContext,
  type MemberContext,
  MessageContext,
  type SubjectContext
} from './context.js'
import type { Duration } from './duration.js'
import { badCommand } from './errors.js'
import { compose, type Middleware, type Next } from './middleware.js'
import { cronSchedule, everySchedule, type Schedule } from './schedule.js'
import { authorIn, isPast, type Update, type UpdateType } from './updates.js'

/** The context that a handler of each kind of update is given. */
export interface Contexts {
  readonly message: MessageContext
  readonly direct: DirectContext
  readonly edit: ChangeContext<Extract<Update, { type: 'edit' }>>
  readonly delete: ChangeContext<Extract<Update, { type: 'delete' }>>
  readonly reaction: ChangeContext<Extract<Update, { type: 'reaction' }>>
  readonly subject: SubjectContext
  readonly card: CardContext
  readonly join: MemberContext<Extract<Update, { type: 'join' }>>
  readonly leave: MemberContext<Extract<Update, { type: 'leave' }>>
  readonly rename: MemberContext<Extract<Update, { type: 'rename' }>>
  readonly receipt: Context<Extract<Update, { type: 'receipt' }>>
  readonly start: Context<Extract<Update, { type: 'start' }>>
  readonly stop: Context<Extract<Update, { type: 'stop' }>>
}

/** Does something about an update. Without calling `next` it is the last that sees it. */
export type Handler<C> = (context: C, next: Next) => unknown

/** Hears what a handler threw, or that it took too long, and what it was about. */
export type ErrorHandler = (error: unknown, context: Context) => unknown

/** A schedule and what it calls. */
export interface Scheduled {
  readonly what: string
  readonly next: Schedule
  readonly handler: Handler<Context>
}

/** What a script exports as its default. */
export type BotScript = (bot: Bot) => unknown

// Every context remembers its parts, so that a handler's own kind of context can be made from it.
type Entry = { readonly context: Context; readonly parts: ContextParts }

/**
 * A bot: what to do about what happens in a room. Handlers are tried in the order of their declaration; the first that fits
 * is the last, unless it calls `next`.
 */
export class Bot {
  readonly #entries: Middleware<Entry>[] = []
  // BOUNDED: by the script.
  readonly #commands = new Map<string, Command>()
  readonly #schedules: Scheduled[] = []
  #options: BotOptions = {}
  #onerror: ErrorHandler = (error, { log }) => log.error('a handler failed', { error })

  /** Sets how it behaves; later calls add to earlier ones. Throws BAD_OPTION, BAD_DURATION, NOT_AN_IDENTITY. */
  configure(options: BotOptions): this {
    checkBotOptions(options)
    this.#options = { ...this.#options, ...withIdentities(options) }
    return this
  }

  /** Runs for every update that the bot hears, before what is declared after it. */
  use(middleware: Middleware<Context>, options: HearOptions = {}): this {
    checkFunction('The handler of bot.use', middleware)
    checkHearOptions('bot.use', options)
    const heard = withIdentities(options)
    this.#entries.push((entry, next) =>
      this.#hears(entry.context, heard) ? middleware(entry.context, next) : next()
    )
    return this
  }

  /** A command: `/name`, `!name`, `/name@nick` or `nick: /name`, and its arguments. Throws BAD_COMMAND. */
  command(name: string, handler: Handler<CommandContext>): this
  command(name: string, about: CommandAbout & HearOptions, handler: Handler<CommandContext>): this
  command(
    name: string,
    second: (CommandAbout & HearOptions) | Handler<CommandContext>,
    third?: Handler<CommandContext>
  ): this {
    const last = third ?? second
    if (typeof last !== 'function') throw badCommand(name, 'it has no handler')
    const [about, handler] = optionsAndHandler<CommandAbout & HearOptions, CommandContext>(
      'bot.command',
      second,
      last
    )
    const command = declareCommand(name, about, this.#commands)
    this.#commands.set(name, command)
    const obey = (context: CommandContext, next: Next) =>
      lacksArguments(command, context)
        ? context.reply(`usage: ${usageOf(command)}`)
        : handler(context, next)
    this.#onCall(call => call.name === name, this.#withAllowed(about), obey)
    return this
  }

  /** Words that a pattern fits; its groups are in `context.match`. Throws BAD_OPTION. */
  hears(pattern: RegExp, handler: Handler<HearsContext>): this
  hears(pattern: RegExp, options: HearOptions, handler: Handler<HearsContext>): this
  hears(
    pattern: RegExp,
    second: HearOptions | Handler<HearsContext>,
    third?: Handler<HearsContext>
  ): this {
    checkPattern(pattern)
    const [options, handler] = optionsAndHandler<HearOptions, HearsContext>(
      'bot.hears',
      second,
      third
    )
    // Without the flags that make a pattern remember where it was.
    const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
    this.#onMessage(options, ({ context, parts }, next) => {
      const match = this.#allows(context, this.#withAllowed(options))
        ? stateless.exec(context.message.text)
        : null
      if (match === null) return next()
      return handler(new HearsContext(parts, context.update, match), next)
    })
    return this
  }

  /** Every update of a type. Throws BAD_OPTION. */
  on<T extends UpdateType>(type: T, handler: Handler<Contexts[T]>): this
  on<T extends UpdateType>(type: T, options: HearOptions, handler: Handler<Contexts[T]>): this
  on<T extends UpdateType>(
    type: T,
    second: HearOptions | Handler<Contexts[T]>,
    third?: Handler<Contexts[T]>
  ): this {
    checkType(type)
    const [options, handler] = optionsAndHandler<HearOptions, Contexts[T]>('bot.on', second, third)
    this.#entries.push(({ context }, next) => {
      if (context.update.type !== type || !this.#hears(context, options)) return next()
      // The type of the update decides which class of context it is in.
      return handler(context as Contexts[T], next)
    })
    return this
  }

  /** Again and again, in every room, first after that time. Throws BAD_DURATION. */
  every(duration: Duration, handler: Handler<Context>): this {
    checkFunction('The handler of bot.every', handler)
    this.#schedules.push({ what: `every ${duration}`, next: everySchedule(duration), handler })
    return this
  }

  /** By a cron pattern, in every room; in the computer's time zone or a named one. Throws BAD_CRON. */
  cron(pattern: string, handler: Handler<Context>, options: { timezone?: string } = {}): this {
    checkFunction('The handler of bot.cron', handler)
    checkCron(options)
    const next = cronSchedule(pattern, options.timezone)
    this.#schedules.push({ what: `cron ${pattern}`, next, handler })
    return this
  }

  /** Hears of every handler that failed. Without one, failures are logged. */
  catch(handler: ErrorHandler): this {
    checkFunction('The handler of bot.catch', handler)
    this.#onerror = handler
    return this
  }

  // For those that run a bot.

  /** How it wants to be run. */
  get options(): BotOptions {
    return this.#options
  }

  /** The names of its commands, in the order of their declaration. */
  get commandNames(): readonly string[] {
    return [...this.#commands.keys()]
  }

  get schedules(): readonly Scheduled[] {
    return this.#schedules
  }

  /** Lets the handlers see a context; rejects with what one throws. */
  async handle(context: Context, parts: ContextParts): Promise<void> {
    const run = compose<Entry>([...this.#entries, (entry, next) => this.#help(entry, next)])
    await run({ context, parts }, async () => {})
  }

  /** Hands over what a handler threw. Never rejects. */
  async report(error: unknown, context: Context): Promise<void> {
    try {
      await this.#onerror(error, context)
    } catch (thrown) {
      context.log.error('bot.catch failed', { error: thrown, about: error })
    }
  }

  #help({ context, parts }: Entry, next: Next): unknown {
    if (!(context instanceof MessageContext) || !this.#hears(context, {})) return next()
    const call = parseCall(context.message.text, context.me.nick)
    if (call?.name !== 'help' || this.#commands.has('help') || this.#commands.size === 0)
      return next()
    const { addressed, me } = context
    const request = { nick: me.nick, addressed, about: call.rest }
    const text = helpText([...this.#commands.values()], request)
    return text === undefined ? next() : new CommandContext(parts, context.update, call).say(text)
  }

  #onCall(
    fits: (call: Call) => boolean,
    options: HearOptions,
    handler: Handler<CommandContext>
  ): void {
    this.#onMessage(options, ({ context, parts }, next) => {
      const call = parseCall(context.message.text, context.me.nick)
      if (call === undefined || !fits(call) || !this.#allows(context, options)) return next()
      return handler(new CommandContext(parts, context.update, call), next)
    })
  }

  #onMessage(
    options: HearOptions,
    handler: Handler<{ context: MessageContext; parts: ContextParts }>
  ): void {
    this.#entries.push(({ context, parts }, next) =>
      context instanceof MessageContext && this.#hears(context, options)
        ? handler({ context, parts }, next)
        : next()
    )
  }

  #hears(context: Context, options: HearOptions): boolean {
    const { bots = this.#options.bots ?? false, history = false } = options
    const { missed = this.#options.missed ?? false } = options
    const isWanted = history || (missed && context.missed)
    if (isPast(context.update) && !isWanted) return false
    const author = authorIn(context.update)
    if (author === undefined || !author.isBot || bots) return this.#allows(context, options)
    return isForBot(context) && this.#allows(context, options)
  }

  #withAllowed<O extends HearOptions>(options: O): O {
    const allow = options.allow ?? this.#options.allow
    return allow === undefined ? options : { ...options, allow }
  }

  #allows(context: Context, { allow }: HearOptions): boolean {
    const author = authorIn(context.update)
    return allow === undefined || author === undefined || allow.includes(author.identity)
  }
}

function optionsAndHandler<O extends HearOptions, C>(
  of: string,
  second: O | Handler<C>,
  third: Handler<C> | undefined
): [Partial<O>, Handler<C>] {
  const [options, handler] = typeof second === 'function' ? [{}, second] : [second, third]
  checkHearOptions(of, options)
  checkFunction(`The handler of ${of}`, handler)
  return [withIdentities(options), handler as Handler<C>]
}

function isForBot(context: Context): boolean {
  return context instanceof MessageContext ? context.addressed : context instanceof DirectContext
}
