/** How a command that fails with this error exits: 2 for bad input or set-up, 1 for a job not done. */
export type ExitCode = 1 | 2

/** What every error of ours carries besides its sentence. */
export interface ErrorDetails {
  /** What to do about it, as a sentence for a person. */
  hint: string
  /** Default 2. */
  exitCode?: ExitCode
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

  constructor(code: string, message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'SwarmchatError'
    this.code = code
    this.hint = details.hint
    this.exitCode = details.exitCode ?? 2
  }
}

/** The `code` of a thrown value, whoever raised it; undefined where it has none. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined
  return typeof thrown.code === 'string' ? thrown.code : undefined
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
