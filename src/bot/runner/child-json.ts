import { badLine } from '../../base/errors.js'
import { parseObject, type Request, requestOf } from '../../ndjson/codec.js'
import { isAddressed } from '../addressed.js'
import type { ChangeUpdate } from '../context.js'
import type { Update } from '../updates.js'
import type { Slot } from './host.js'

/** What a child wants to hear. */
export interface ChildFilter {
  /** Also other bots, not only where they address this one. */
  readonly bots: boolean
  /** Also what was said while it was away. Default false. */
  readonly missed?: boolean
  /** Whose messages it hears; everybody's where undefined. */
  readonly allow: readonly string[] | undefined
}

/** What a child's line asks for. */
export type Action =
  | Request
  /** What it obeys from now on: names of commands without the slash. */
  | { readonly type: 'commands'; readonly commands: readonly string[] }

/** Names that a room can announce: more are left out, and so is what does not fit into a presence. */
const MAX_COMMANDS = 32
const COMMAND = /^[\p{L}\p{N}_-]{1,32}$/u

/** Reads a child's line. Throws BAD_LINE. */
export function parseAction(line: string): Action {
  const value = parseObject(line)
  return value.type === 'commands' ? commandsOf(value) : requestOf(value)
}

function commandsOf({ commands }: { readonly commands?: unknown }): Action {
  if (!Array.isArray(commands) || commands.length > MAX_COMMANDS || !commands.every(isCommand))
    throw badLine('its "commands" are no list of names, 32 at most, without the slash')
  return { type: 'commands', commands }
}

function isCommand(name: unknown): name is string {
  return typeof name === 'string' && COMMAND.test(name)
}

/** What a child reads for an update: the objects of `join --json`; undefined where it reads nothing. */
export function updateJson(update: Update, slot: Slot, filter: ChildFilter): object | undefined {
  switch (update.type) {
    case 'start':
      return { type: 'ready', room: slot.desk.name, ...slot.ready }
    case 'message': {
      const { author, history, id, missed, replyTo, text, time } = update.message
      const { identity: from, isBot: bot, nick } = author
      return isHeard(update, slot, filter)
        ? { type: 'message', id, from, nick, text, time, history, missed, bot, replyTo }
        : undefined
    }
    case 'direct': {
      const { author, history, id, missed, text, time } = update.message
      const { identity: from, isBot: bot, nick } = author
      const to = slot.desk.me.identity
      // Whoever says it to this bot alone means it.
      return isChangeHeard(update.message, { ...filter, bots: true })
        ? { type: 'direct', id, from, to, nick, text, time, history, missed, bot, request: false }
        : undefined
    }
    case 'edit':
    case 'delete':
    case 'reaction':
      return isChangeHeard(update, filter) ? changeJson(update) : undefined
    case 'subject': {
      const { author, history, missed, subject, time } = update
      const { identity: from, isBot: bot, nick } = author
      return isChangeHeard(update, filter)
        ? { type: 'subject', from, nick, subject, time, history, missed, bot }
        : undefined
    }
    case 'card':
      return isChangeHeard(update, filter) ? cardJson(update) : undefined
    case 'join': {
      const { identity, isBot: bot, nick } = update.author
      return { type: 'join', identity, nick, bot, present: update.present }
    }
    case 'leave': {
      const { identity, isBot: bot, nick } = update.author
      return { type: 'leave', identity, nick, bot }
    }
    case 'rename': {
      const { identity, isBot: bot, nick } = update.author
      return { type: 'rename', identity, nick, previous: update.previous, bot }
    }
    case 'receipt': {
      const { have, id, members } = update
      return { type: 'receipt', id, have, members }
    }
    case 'stop':
    case 'tick':
      return undefined
  }
}

function changeJson(update: ChangeUpdate): object {
  const { author, history, id, missed, time, type } = update
  const change = { type, id, from: author.identity, nick: author.nick, time, history, missed }
  if (type === 'delete') return { ...change, bot: author.isBot }
  if (type === 'edit') return { ...change, text: update.text, bot: author.isBot }
  const { emoji, removed } = update
  return { ...change, emoji, removed, bot: author.isBot }
}

function cardJson(update: Extract<Update, { type: 'card' }>): object {
  const { author, description, history, missed, rules, time, title } = update
  const { identity: from, isBot: bot, nick } = author
  return { type: 'card', from, nick, title, description, rules, time, history, missed, bot }
}

function isChangeHeard(
  { author, history, missed }: Pick<ChangeUpdate, 'author' | 'history' | 'missed'>,
  filter: ChildFilter
): boolean {
  if (history && !(missed && filter.missed)) return false
  if (filter.allow !== undefined && !filter.allow.includes(author.identity)) return false
  return filter.bots || !author.isBot
}

function isHeard(
  { message }: Extract<Update, { type: 'message' }>,
  { desk }: Slot,
  filter: ChildFilter
): boolean {
  const isForUs = isAddressed(message.text, desk.me.nick)
  return isChangeHeard(message, isForUs ? { ...filter, bots: true } : filter)
}
