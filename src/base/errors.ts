import { givenUp } from './sentence.js'

/** How a command that fails with this error exits: 2 for bad input or set-up, 1 for a job not done. */
export type ExitCode = 1 | 2

/** What every error of ours carries besides its sentence. */
export interface ErrorDetails {
  /** What to do about it, as a sentence for a person. */
  hint: string
  /** Default 2. */
  exitCode?: ExitCode
  /** What the sentence says, for programs: JSON. */
  facts?: Readonly<Record<string, unknown>>
  cause?: unknown
}

/**
 * Every error that swarmchat raises on purpose. `code` is stable and meant for programs, `message` is one sentence
 * for a person, `hint` says what to do. None is thrown for what a stranger sent us.
 */
export class SwarmchatError extends Error {
  readonly code: string
  readonly hint: string
  readonly exitCode: ExitCode
  readonly facts: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'SwarmchatError'
    this.code = code
    this.hint = details.hint
    this.exitCode = details.exitCode ?? 2
    this.facts = details.facts ?? {}
  }
}

/** The `code` of a thrown value, whoever raised it; undefined where it has none. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined
  return typeof thrown.code === 'string' ? thrown.code : undefined
}

/** What to do about a thrown value, if it is an error of ours. */
export function hintOf(thrown: unknown): string {
  return thrown instanceof SwarmchatError ? thrown.hint : ''
}

/** The sentence of a thrown value, whatever it is. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** BAD_ROOM_NAME: the room name is empty, longer than 64 characters, or holds control characters. */
export const badRoomName = (reason: string) =>
  new SwarmchatError('BAD_ROOM_NAME', `That is not a room name: ${reason}.`, {
    hint: 'A room name has 1 to 64 visible characters, for example: lobby'
  })

/** BAD_PASSWORD: the password of a room is empty, longer than 1024 bytes of UTF-8, or holds what cannot be typed everywhere. */
export const badPassword = (reason: string) =>
  new SwarmchatError('BAD_PASSWORD', `That cannot be the password of a room: ${reason}.`, {
    hint: 'A password has 1 to 1024 bytes of visible characters and spaces, for example five words drawn by lot.'
  })

const OTHER_HOME = 'Set SWARMCHAT_HOME to a directory that you may write.'
const OTHER_DISK = 'Make room there, or set SWARMCHAT_HOME to a directory on another disk.'

/** What keeps a file or directory from being used, by the system's code: why, and what to do. */
const FILE_TROUBLES: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  EACCES: ['permission is denied', OTHER_HOME],
  EPERM: ['permission is denied', OTHER_HOME],
  EROFS: ['its file system is read-only', OTHER_HOME],
  ENOSPC: ['the disk is full', OTHER_DISK],
  EDQUOT: ['your share of the disk is used up', OTHER_DISK],
  ENOENT: ['a part of its path is not there, and cannot be made', OTHER_HOME],
  ENOTDIR: ['a part of its path is not a directory', OTHER_HOME],
  EIO: ['its disk does not answer', OTHER_DISK],
  EISDIR: ['it is a directory', 'Move it away, or set SWARMCHAT_HOME to another directory.'],
  ELOOP: [
    'it is a symbolic link, which is not followed',
    'Remove the link, or set SWARMCHAT_HOME to the directory itself.'
  ],
  ENAMETOOLONG: ['its path is too long', 'Set SWARMCHAT_HOME to a shorter path.'],
  EMFILE: ['too many files are open', 'Allow more (ulimit -n), or end other programs.'],
  ENFILE: ['too many files are open on this machine', 'End other programs.']
}

/**
 * NO_HOME: a file or directory that identity and rooms are kept in cannot be made, read or written.
 */
export const noHome = (what: 'file' | 'directory', path: string, cause: unknown) => {
  const [reason, hint] = FILE_TROUBLES[codeOf(cause) ?? ''] ?? [messageOf(cause), OTHER_HOME]
  const message = `The ${what} ${path} cannot be used: ${reason}.`
  return new SwarmchatError('NO_HOME', message, { hint, cause })
}

/**
 * NO_HOME: the system does not say where this user's files belong, as for a user id without an
 * entry in a container.
 */
export const homeUnknown = (cause?: unknown) =>
  new SwarmchatError('NO_HOME', 'This user has no home directory.', { hint: OTHER_HOME, cause })

/** NO_HOME: a home that begins with the name of another user, which shells expand and we do not. */
export const homeOfOther = (path: string) =>
  new SwarmchatError('NO_HOME', `SWARMCHAT_HOME is ${path}, which only a shell understands.`, {
    hint: 'Give the whole path.'
  })

/** NO_LOCKS: the file system knows no locks, so nobody can tell who uses what is on it. */
export const noLocks = (file: string, cause: unknown) =>
  new SwarmchatError(
    'NO_LOCKS',
    `The file ${file} cannot be locked: its file system has no locks.`,
    {
      hint: 'Set SWARMCHAT_HOME to a directory on another file system.',
      cause
    }
  )

/** OPEN_HOME: others on this machine may write to a directory of ours, and so change who we are. */
export const openHome = (directory: string, mode: number) =>
  new SwarmchatError(
    'OPEN_HOME',
    `The directory ${directory} can be written by others (mode ${mode.toString(8).padStart(4, '0')}).`,
    { hint: `Make it yours alone: chmod go-w '${directory}'` }
  )

/** BAD_IDENTITY: the identity file is damaged; it is left as it is. */
export const badIdentity = (file: string, reason: string) =>
  new SwarmchatError('BAD_IDENTITY', `The identity file ${file} ${reason}.`, {
    hint: 'Restore it from a copy, or move it away to begin with a new identity. It was left as it is.'
  })

/** OPEN_IDENTITY: others on this machine may read the identity file, so whoever read it can sign in its name. */
export const openIdentity = (file: string, mode: number) =>
  new SwarmchatError(
    'OPEN_IDENTITY',
    `The identity file ${file} can be read by others (mode ${mode.toString(8).padStart(4, '0')}).`,
    { hint: `Make it yours alone: chmod 600 '${file}'` }
  )

/** BAD_NICK: a nick is empty, too long, or holds control characters. */
export const badNick = (reason: string) =>
  new SwarmchatError('BAD_NICK', `That is not a nick: ${reason}.`, {
    hint: 'A nick has 1 to 64 bytes of visible characters, for example: ada'
  })

/** BAD_TEXT: a message is empty or longer than 8192 bytes of UTF-8. */
export const badText = (reason: string) =>
  new SwarmchatError('BAD_TEXT', `That cannot be sent: ${reason}.`, {
    hint: 'A message has 1 to 8192 bytes of UTF-8. Send a longer text in parts.'
  })

/** NO_SUCH_MESSAGE: the line that this is about is not here: not yet, not any more, or it was deleted. Exit code 1. */
export const noSuchMessage = () =>
  new SwarmchatError('NO_SUCH_MESSAGE', 'There is no such message here.', {
    hint: 'It may have been deleted, or has not come yet.',
    exitCode: 1
  })

/** NOT_YOURS: only its author can edit or delete a line. Exit code 1. */
export const notYours = () =>
  new SwarmchatError('NOT_YOURS', 'That message is not yours.', {
    hint: 'You can edit and delete what you said yourself.',
    exitCode: 1
  })

/** How far something got that was said. */
interface Delivered {
  readonly have: number
  readonly wanted: number
  /** True if it is on the disk. */
  readonly kept: boolean
}

const KEPT_HINT = 'It is kept here: others get it when you are next in the room with them. '

/**
 * NOBODY_GOT_IT: too few other members had the message when the time was up; `facts.have` of `facts.wanted`; `facts.kept`: it is kept
 * here, and goes out later. Exit code 1.
 */
export const nobodyGotIt = ({ have, kept, wanted }: Delivered, seconds: number, access: string) =>
  new SwarmchatError(
    'NOBODY_GOT_IT',
    have === 0
      ? `Nobody in the room got the message within ${seconds} s.`
      : `${have} ${have === 1 ? 'member' : 'members'} got it within ${seconds} s; --wait asked for ${wanted}.`,
    {
      hint: `${kept && have === 0 ? KEPT_HINT : ''}Is anybody there? Look with: swarmchat peers <room>. ${access === 'password' ? 'Is the password theirs? ' : ''}Wait longer with --timeout.`,
      exitCode: 1,
      facts: { have, wanted, kept }
    }
  )

/** BAD_LINE: a line on standard input with --json is none of the objects that are understood. */
export const badLine = (reason: string) =>
  new SwarmchatError('BAD_LINE', `That line was not understood: ${reason}.`, {
    hint: 'One JSON object per line: {"type":"say","text":"..."} or {"type":"leave"}'
  })

/** ROOM_LEFT: the room was asked for something after it was left. */
export const roomLeft = (name: string) =>
  new SwarmchatError('ROOM_LEFT', `The room ${name} was left.`, { hint: 'Open it again.' })

/** NOT_SENT: a message for one member was not sent: more than 5 in a second, or to no identity. */
export const notSent = () =>
  new SwarmchatError(
    'NOT_SENT',
    'That private message was not sent: too many at once, or to nobody.',
    {
      hint: 'Send at most 5 a second, to an identity of 64 hex digits.',
      exitCode: 1
    }
  )

/** ROOM_FAULT: a mistake of ours kept this from being done; the room goes on. */
export const roomFault = () =>
  new SwarmchatError('ROOM_FAULT', 'That failed because of a mistake in swarmchat itself.', {
    hint: 'Try again, and please report it.',
    exitCode: 1
  })

/** Why a network does not work. */
type Problem = Pick<SwarmchatError, 'message' | 'hint'>

/** OFFLINE: no network answered in the time that there was; `problems`: what each of them says; `facts.kept` as above. Exit code 1. */
export const offlineEverywhere = (problems: readonly Problem[] = [], kept = false) => {
  const reasons = [
    ...new Set(problems.map(({ message }) => givenUp(message).replace(/^offline: |\.$/g, '')))
  ]
  const [only] = problems.length === 1 ? problems : []
  return new SwarmchatError(
    'OFFLINE',
    `offline: ${reasons.length === 0 ? 'no DHT node answered' : reasons.join('; ')}.`,
    {
      hint:
        (kept ? KEPT_HINT : '') +
        (only?.hint ??
          'Check the connection to the internet; on one machine, try --network local.'),
      exitCode: 1,
      ...(kept && { facts: { kept } })
    }
  )
}
