import { SwarmchatError } from '../../base/errors.js'
import type { Log } from '../../store/log.js'

/** Where a program is in the order of arrival. */
export interface Cursor {
  /** What its number belongs to. */
  readonly epoch: string
  /** It has everything up to this one. */
  readonly number: number
}

const CURSOR = /^([0-9a-f]{16})-(\d{1,15})$/

/** BAD_CURSOR: this is no cursor. */
export const badCursor = (text: string) =>
  new SwarmchatError('BAD_CURSOR', `${text} is no cursor.`, {
    hint: 'Give the cursor of an event as it is: swarmchat history <room> --json writes one with each.'
  })

/** CURSOR_UNKNOWN: a cursor is of another history, or of one that was put back to an earlier state. Exit code 1. */
const cursorUnknown = () =>
  new SwarmchatError('CURSOR_UNKNOWN', 'The cursor is not one of the history that is kept here.', {
    hint: 'That history was deleted, put back, or is somewhere else. Begin without --since.',
    exitCode: 1
  })

/** NO_CURSOR: what is said is not kept on the disk, so nothing can be gone on with. Exit code 1. */
export const noCursor = () =>
  new SwarmchatError(
    'NO_CURSOR',
    'What is said in this room is not kept here, so there is no cursor.',
    {
      hint: 'Leave --ephemeral out, or begin without --since.',
      exitCode: 1
    }
  )

/** True for what is written as a cursor is. */
export function isCursor(text: string): boolean {
  return CURSOR.test(text)
}

/** The text of a cursor, which nobody else needs to understand. */
export function cursorText({ epoch, number }: Cursor): string {
  return `${epoch}-${number}`
}

/** The number up to which a program has everything in this log. Throws BAD_CURSOR, CURSOR_UNKNOWN. */
export function numberOf(cursor: string, { epoch, last }: Pick<Log, 'epoch' | 'last'>): number {
  const [, ours, digits] = CURSOR.exec(cursor) ?? []
  if (digits === undefined) throw badCursor(cursor)
  const number = Number(digits)
  if (epoch === undefined || ours !== epoch || number > last) throw cursorUnknown()
  return number
}
