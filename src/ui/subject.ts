import type { Names } from '../base/names.js'
import { safeText } from '../base/safe-text.js'
import type { RoomSubject } from '../protocol/events.js'
import type { RoomUpdate } from '../room/events.js'
import { cutTo, widthOf } from './width.js'

/** What a status has room for, in columns. Guess: a few words. */
const SHORT_COLUMNS = 32

type SubjectUpdate = Extract<RoomUpdate, { type: 'subject' }>

/** The end of a sentence: what the room is about, and who says so. Safe for a terminal whatever strangers wrote. */
export function subjectText(subject: RoomSubject, names: Names): string {
  return `the subject is ${quoted(subject.subject)}, says ${authorOf(subject, names)}`
}

/** What is told of a subject; undefined where there is nothing to tell. Likewise. */
export function subjectNews(update: SubjectUpdate, names: Names): string | undefined {
  const { history, subject } = update
  if (history) return subject === '' ? undefined : subjectText(update, names)
  const who = authorOf(update, names)
  if (subject === '') return `${who} took the subject away`
  return `${who} changed the subject to ${quoted(subject)}`
}

/** A subject for a status, in quotation marks; empty where there is none. Likewise. */
export function shortSubject(subject: string | undefined): string {
  return subject ? quoted(cut(safeText(subject), SHORT_COLUMNS)) : ''
}

function authorOf({ from, nick }: RoomSubject, names: Names): string {
  return names.of({ identity: from, nick })
}

// No quotation mark of theirs: so nothing that they write looks like words of ours behind it.
function quoted(subject: string): string {
  return `"${safeText(subject).replaceAll('"', "'")}"`
}

function cut(text: string, columns: number): string {
  return widthOf(text) <= columns ? text : `${cutTo(text, columns - 1).trimEnd()}…`
}
