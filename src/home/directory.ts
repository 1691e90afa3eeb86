import { statSync } from 'node:fs'
import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'
import { homeOfOther, homeUnknown, noHome, openHome } from '../base/errors.js'
import { makeDirectory } from './make-directory.js'

type Environment = Readonly<Record<string, string | undefined>>

/** Bits of a directory in which others could plant files of their own. */
const WRITABLE_BY_ALL = 0o002
const WRITABLE_BY_GROUP = 0o020

/**
 * Where swarmchat keeps what it keeps: `SWARMCHAT_HOME` (a leading `~` is the user's home), or
 * `swarmchat` in the platform's data directory (`$XDG_DATA_HOME` or `~/.local/share`;
 * `~/Library/Application Support`; `%LOCALAPPDATA%`). An absolute path; nothing is made or read.
 * Throws NO_HOME if there is none: a user id without an entry, with nothing set.
 */
export function homeDirectory(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  user?: string
): string {
  const path = platform === 'win32' ? win32 : posix
  // Not asked before it is needed: a user id in a container may have no home.
  const home = () => absolute(user ?? systemHome(), path)
  if (env.SWARMCHAT_HOME) return path.resolve(withoutTilde(env.SWARMCHAT_HOME, home, path))
  return path.join(dataDirectory(env, platform, home), 'swarmchat')
}

function systemHome(): string {
  try {
    return homedir()
  } catch (cause) {
    throw homeUnknown(cause)
  }
}

// An empty HOME, as services and containers have it, would be the directory that we happen to be in.
function absolute(home: string, path: typeof posix): string {
  if (!path.isAbsolute(home)) throw homeUnknown()
  return home
}

// What no shell has expanded: it stood in quotes, in a unit file, or in a container's settings.
function withoutTilde(home: string, user: () => string, path: typeof posix): string {
  if (!home.startsWith('~')) return home
  if (home !== '~' && !/^~[/\\]/.test(home)) throw homeOfOther(home)
  return path.join(user(), home.slice(1))
}

function dataDirectory(env: Environment, platform: NodeJS.Platform, user: () => string): string {
  if (platform === 'win32') return env.LOCALAPPDATA || win32.join(user(), 'AppData', 'Local')
  if (platform === 'darwin') return posix.join(user(), 'Library', 'Application Support')
  // The XDG specification says that a relative path there is to be ignored.
  const xdg = env.XDG_DATA_HOME
  return xdg && posix.isAbsolute(xdg) ? xdg : posix.join(user(), '.local', 'share')
}

/**
 * Makes the directory, and those above it, mode 0700 if they are new; one that is there stays as it
 * is. Throws NO_HOME if that cannot be done, OPEN_HOME if others may write there.
 */
export function ensureDirectory(directory: string): string {
  try {
    makeDirectory(directory)
  } catch (cause) {
    throw noHome('directory', directory, cause)
  }
  refuseOpenDirectory(directory)
  return directory
}

/**
 * Throws OPEN_HOME if others may write to this directory. Windows has no such bits: there its
 * access list counts.
 */
export function refuseOpenDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const { gid, mode, uid } = statSync(directory)
  // Many systems give each user a group of its own, by the same number, and let it write by
  // default.
  const others = gid === uid ? WRITABLE_BY_ALL : WRITABLE_BY_ALL | WRITABLE_BY_GROUP
  if ((mode & others) !== 0) throw openHome(directory, mode & 0o7777)
}
