import { badLine } from '../../base/errors.js'
import { parseObject, type Request, requestOf } from '../../ndjson/codec.js'
import { isAddressed } from '../addressed.js'
import type { Update } from '../updates.js'
import type { Slot } from './host.js'

/** What a child wants to hear. */
export interface ChildFilter {
  /** Also other bots, not only where they address this one. */
  readonly bots: boolean
  /** Whose messages it hears; everybody's where undefined. */
  readonly allow: readonly string[] | undefined
}

/** What a child's line asks for. */
export type Action =
  | Exclude<Request, { type: 'direct' }>
  /** What it obeys from now on: names of commands without the slash. */
  | { readonly type: 'commands'; readonly commands: readonly string[] }

/** Names that a room can announce: more are left out, and so is what does not fit into a presence. */
const MAX_COMMANDS = 32
const COMMAND = /^[\p{L}\p{N}_-]{1,32}$/u

/** Reads a child's line. Throws BAD_LINE. */
export function parseAction(line: string): Action {
  const value = parseObject(line)
  if (value.type === 'commands') return commandsOf(value)
  const request = requestOf(value)
  // It must not be said to everybody instead.
  if (request.type === 'direct') throw badLine('a bot cannot write to one member alone')
  return request
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
      const { author, history, id, text, time } = update.message
      const { identity: from, isBot: bot, nick } = author
      return isHeard(update, slot, filter)
        ? { type: 'message', id, from, nick, text, time, history, bot }
        : undefined
    }
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

function isHeard(
  { message }: Extract<Update, { type: 'message' }>,
  { desk }: Slot,
  { allow, bots }: ChildFilter
): boolean {
  const { author, history, text } = message
  if (history || (allow !== undefined && !allow.includes(author.identity))) return false
  return !author.isBot || bots || isAddressed(text, desk.me.nick)
}
