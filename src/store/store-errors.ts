import { codeOf, messageOf, SwarmchatError } from '../base/errors.js'

/** STORE_IN_USE: another running program has the history of this room open. Exit code 1. */
export const storeInUse = (cause?: unknown) =>
  new SwarmchatError('STORE_IN_USE', 'Another program of yours keeps the history of this room.', {
    hint: 'Leave the room there (/quit, Ctrl-C), or stop that bot, and try again. Meanwhile history and export read it.',
    exitCode: 1,
    cause
  })

/** STORE_NEWER: a later version of swarmchat has written this history; it is left as it is. Exit code 1. */
export const storeNewer = (version: number, known: number) =>
  new SwarmchatError(
    'STORE_NEWER',
    `A later version of swarmchat wrote the history of this room (format ${version}; this one knows ${known}).`,
    { hint: 'Update swarmchat. The history was left as it is.', exitCode: 1 }
  )

/** STORE_FAILED: the history on the disk cannot be read or written. Exit code 1. */
export const storeFailed = (directory: string, cause: unknown) =>
  new SwarmchatError(
    'STORE_FAILED',
    `The history in ${directory} cannot be used: ${messageOf(innermost(cause))}.`,
    {
      hint: 'Is the disk full or read-only? Make room, or make it writable, and try again.',
      exitCode: 1,
      cause
    }
  )

/** True for what LevelDB says when somebody has the database, this process included. */
export function isLocked(thrown: unknown): boolean {
  return codeOf(innermost(thrown)) === 'LEVEL_LOCKED'
}

/** True for what LevelDB says of files that it cannot read, and of one that is named and is not there. */
export function isCorrupt(thrown: unknown): boolean {
  const cause = innermost(thrown)
  return codeOf(cause) === 'LEVEL_CORRUPTION' || /No such file/.test(messageOf(cause))
}

function innermost(thrown: unknown): unknown {
  return thrown instanceof Error && thrown.cause instanceof Error ? innermost(thrown.cause) : thrown
}
