import { basename, extname, join, resolve } from 'node:path'
import { ensureDirectory, homeDirectory } from '../../home/directory.js'
import { type Identity, identityFile, identityOf, loadIdentity } from '../../home/identity.js'
import { loadKeyPair } from '../../home/key-file.js'
import { tryLock } from '../../home/lock.js'
import { badBotName, botRunning } from '../errors.js'

/** Who a bot is, and where it keeps what it keeps. */
export interface BotHome {
  readonly name: string
  readonly directory: string
  /** Where compiled scripts are kept. */
  readonly cache: string
  readonly identity: Identity
  /** Another process may run this bot from now on. */
  release(): void
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/**
 * The file of the identity of the bot of this name, or of that which it takes instead: see {@link openBotHome}. Throws
 * BAD_BOT_NAME, NO_HOME.
 */
export function botIdentityFile(ownName: string, identity: string | undefined): string {
  if (isFile(identity)) return resolve(identity)
  return identityFile(join(homeDirectory(), 'bots', checkedName(identity ?? ownName)))
}

/**
 * The home of the bot of this name: `bots/<name>` in ours, with an identity of its own. `identity` is a name to take
 * instead, or the path of an identity file (with a slash). Throws BAD_BOT_NAME, BOT_RUNNING, BAD_IDENTITY, OPEN_IDENTITY,
 * IDENTITY_LOCKED, NO_HOME.
 */
export function openBotHome(ownName: string, identity: string | undefined): BotHome {
  const name = checkedName(identity === undefined || isFile(identity) ? ownName : identity)
  const directory = ensureDirectory(join(homeDirectory(), 'bots', name))
  const lock = tryLock(join(directory, 'lock'))
  if (lock === undefined) throw botRunning(name)
  try {
    const who = isFile(identity)
      ? identityOf(loadKeyPair(resolve(identity), 'identity'))
      : loadIdentity(directory)
    const cache = ensureDirectory(join(directory, 'cache'))
    return { name, directory, cache, identity: who, release: () => lock.release() }
  } catch (thrown) {
    lock.release()
    throw thrown
  }
}

function isFile(identity: string | undefined): identity is string {
  return identity !== undefined && /[/\\]/.test(identity)
}

function checkedName(name: string): string {
  if (!NAME.test(name)) throw badBotName(name)
  return name
}

/** What a bot is called by its file: `dice` for `bots/dice.ts`. */
export function nameOf(script: string): string {
  return basename(script, extname(script))
}

/**
 * What a program's bot is called: by its nick, if that can name files. Else by the word of the command line that names it
 * best: the first with a suffix, or the program itself.
 */
export function nameOfProgram(words: readonly string[], nick?: string): string {
  if (nick !== undefined && NAME.test(nick)) return nick
  return nameOf(words.find(word => /^[^-].*\.[A-Za-z]+$/.test(basename(word))) ?? words[0] ?? 'bot')
}
