import { lstatSync } from 'node:fs'
import { dirname, posix, win32 } from 'node:path'
import { makeDirectory } from '../../home/make-directory.js'

type Environment = Readonly<Record<string, string | undefined>>

/** Bits with which others could leave code for us. */
const WRITABLE_BY_OTHERS = 0o022

/**
 * Where this user's programs keep what they can make anew: `%LOCALAPPDATA%`, `~/Library/Caches`, `$XDG_CACHE_HOME` or `~/.cache`.
 * Undefined if the environment does not say; never a directory for temporary files, where everybody may write.
 */
export function cacheDirectory(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform
): string | undefined {
  const { HOME = '', LOCALAPPDATA = '', XDG_CACHE_HOME = '' } = env
  if (platform === 'win32') return win32.isAbsolute(LOCALAPPDATA) ? LOCALAPPDATA : undefined
  if (platform !== 'darwin' && posix.isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME
  if (!posix.isAbsolute(HOME)) return undefined
  return posix.join(HOME, platform === 'darwin' ? 'Library/Caches' : '.cache')
}

/** True if nobody but this user could have put something there: a directory or a file, and no link. */
export function isOurs({ mode, uid }: { readonly mode: number; readonly uid: number }): boolean {
  const user = process.getuid?.()
  return user === undefined || (uid === user && (mode & WRITABLE_BY_OTHERS) === 0)
}

/** True if this directory is ours alone. */
export function isOwnDirectory(directory: string): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false })
  return found?.isDirectory() === true && isOurs(found)
}

/** Makes the directory if it is not there: in one of ours, not in somebody else's. Throws what the system does. */
export function makeOwnDirectory(directory: string): void {
  if (lstatSync(directory, { throwIfNoEntry: false }) !== undefined) return
  const above = nearest(dirname(directory))
  const user = process.getuid?.()
  if (user !== undefined && lstatSync(above).uid !== user) return
  makeDirectory(directory)
}

function nearest(directory: string): string {
  const isThere = lstatSync(directory, { throwIfNoEntry: false }) !== undefined
  return isThere ? directory : nearest(dirname(directory))
}
