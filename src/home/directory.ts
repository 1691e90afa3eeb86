import { existsSync, mkdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, posix, win32 } from 'node:path'
import { codeOf, messageOf, noHome } from '../base/errors.js'

type Environment = Readonly<Record<string, string | undefined>>

/** Mode of every directory that we make: its owner's alone. */
const PRIVATE_DIRECTORY = 0o700

/**
 * Where swarmchat keeps what it keeps: `SWARMCHAT_HOME`, or `swarmchat` in the platform's data directory
 * (`$XDG_DATA_HOME` or `~/.local/share`; `~/Library/Application Support`; `%LOCALAPPDATA%`). An absolute path; nothing
 * is made or read.
 */
export function homeDirectory(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  user?: string
): string {
  const path = platform === 'win32' ? win32 : posix
  if (env.SWARMCHAT_HOME) return path.resolve(env.SWARMCHAT_HOME)
  // Not asked before: a user id in a container may have no home.
  return path.join(dataDirectory(env, platform, user ?? homedir()), 'swarmchat')
}

function dataDirectory(env: Environment, platform: NodeJS.Platform, user: string): string {
  if (platform === 'win32') return env.LOCALAPPDATA || win32.join(user, 'AppData', 'Local')
  if (platform === 'darwin') return posix.join(user, 'Library', 'Application Support')
  // The XDG specification says that a relative path there is to be ignored.
  const xdg = env.XDG_DATA_HOME
  return xdg && posix.isAbsolute(xdg) ? xdg : posix.join(user, '.local', 'share')
}

/**
 * Makes the directory, and those above it, mode 0700 where they are new; one that is there stays as it is. Throws
 * NO_HOME where that cannot be done.
 */
export function ensureDirectory(directory: string): string {
  try {
    makeDirectory(directory)
    return directory
  } catch (cause) {
    throw noHome(directory, messageOf(cause), cause)
  }
}

// Not mkdir's `recursive`: below a file system that says ENOENT to every mkdir, /proc for one, it never ends (Node 20).
function makeDirectory(directory: string): void {
  if (existsSync(directory)) {
    if (!statSync(directory).isDirectory()) throw new Error('it is not a directory')
    return
  }
  makeDirectory(dirname(directory))
  try {
    mkdirSync(directory, PRIVATE_DIRECTORY)
  } catch (thrown) {
    // Another process that starts as well was faster.
    if (codeOf(thrown) !== 'EEXIST') throw thrown
  }
}
