import { codeOf, messageOf } from './errors.js'

// What the system says, as the end of a sentence for a person.
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not do that',
  EDQUOT: "this user's share of the disk is full",
  EIO: 'the device does not answer',
  EISDIR: 'it is a directory',
  EMFILE: 'this program has too many files open',
  ENFILE: 'the system has too many files open',
  ENOENT: 'it is not there',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a directory',
  EPERM: 'this user may not do that',
  EROFS: 'it can only be read'
}

/** Why something failed, as the end of a sentence without its full stop: `the disk is full`. */
export function reasonOf(thrown: unknown): string {
  const code = codeOf(thrown) ?? ''
  return Object.hasOwn(REASONS, code) ? `${REASONS[code]}` : messageOf(thrown).replace(/\.$/, '')
}
