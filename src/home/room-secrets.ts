import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import b4a from 'b4a'
import { equalSecrets, type KeyPair } from '../base/crypto.js'
import { codeOf, SwarmchatError } from '../base/errors.js'
import { parseId, type Topic } from '../base/ids.js'
import { roomSecretFromName, topicOf } from '../protocol/access/room-secret.js'
import { ensureDirectory } from './directory.js'
import { createFile, readIfThere, replaceFile } from './files.js'
import { identityFile } from './identity.js'
import { keyIfThere, orNoHome, refuseOpenFile } from './key-file.js'
import type { NamedRoom } from './room-directory.js'
import {
  type KeptSecret,
  type LockedSecret,
  lockedSecretText,
  openSecretText,
  readSecretText,
  type SecretText,
  unlockSecret
} from './room-secret-text.js'
import { lockedIdentity, unlockedPair } from './unlocked.js'

export type { KeptSecret } from './room-secret-text.js'

// A private room has one file, mode 0600, which is called by the topic of the public room of that name, which it hides here:
// so a name leads to one private room at most, also if two programs make one at once. Whether files are locked or open, each
// can be read by whoever has the identity: so locking and unlocking may end anywhere in between.

/** DAMAGED_SECRET: the file of a private room is damaged. The name does not lead to the public room instead. */
const damagedSecret = (file: string) =>
  new SwarmchatError('DAMAGED_SECRET', `The file of a private room, ${file}, is damaged.`, {
    hint: 'Move it away, and join the room by its invitation again. It was left as it is.'
  })

/** OPEN_SECRET: others on this machine may read the file of a private room, and so be in that room. */
const openSecretFile = (file: string, mode: number) =>
  new SwarmchatError(
    'OPEN_SECRET',
    `The file of a private room, ${file}, can be read by others (mode ${mode.toString(8).padStart(4, '0')}).`,
    { hint: `Make it yours alone: chmod 600 '${file}'` }
  )

/** LINKED_SECRET: a private room has a symbolic link in the place of its file. */
const linkedSecret = (file: string) =>
  new SwarmchatError('LINKED_SECRET', `The file of a private room, ${file}, is a symbolic link.`, {
    hint: 'Put the file itself there. The link was left as it is, and not followed.'
  })

/** LOCKED_SECRET: the secret of a private room was locked with an identity that is not the one here any more. */
const lockedSecret = (file: string, identity: Uint8Array) =>
  new SwarmchatError(
    'LOCKED_SECRET',
    `The secret of a private room, in ${file}, is locked with another identity: ${b4a.toString(identity, 'hex').slice(0, 8)}.`,
    {
      hint: 'Be that one again (swarmchat identity restore), or take a new invitation and move the file away.'
    }
  )

/**
 * Keeps it, unless a private room of that name is kept here already: false then. It is locked if the identity of this home is.
 * Throws IDENTITY_LOCKED if that is not open to this program, BAD_IDENTITY, OPEN_IDENTITY, NO_HOME, OPEN_HOME.
 */
export function keepSecret(home: string, kept: KeptSecret): boolean {
  const directory = directoryIn(ensureDirectory(home))
  ensureDirectory(directory)
  const file = fileOf(home, kept.name)
  const text = textFor(home, kept)
  return orNoHome(file, () => createFile(file, text))
}

/**
 * The private room of this *normalised* name; undefined if there is none. Throws DAMAGED_SECRET, OPEN_SECRET, LINKED_SECRET, NO_HOME, and
 * IDENTITY_LOCKED, or LOCKED_SECRET where it was locked with another identity than the one here.
 */
export function keptSecret(home: string, name: string): KeptSecret | undefined {
  const file = fileOf(home, name)
  const found = read(file)
  if (found === undefined) return undefined
  if (!found.isLocked) return { name: found.name, secret: found.secret }
  const identity = openIdentityOf(home, found)
  if (identity === undefined) throw whyLocked(home, file, found)
  return unlocked(file, found, identity)
}

/** All that can be read and are open to this program, by name: a file that cannot is told of when its room is wanted. Throws NO_HOME. */
export function keptSecrets(home: string): KeptSecret[] {
  return sound(home).flatMap(({ file, found }) => secretIn(home, file, found) ?? [])
}

/** What is known of private rooms without opening any, by name. Throws NO_HOME. */
export function privateNames(home: string): NamedRoom[] {
  return sound(home).map(({ found }) => ({
    name: found.name,
    topic: found.isLocked ? found.topic : topicOf(found.secret)
  }))
}

/** How many were locked with an identity that is not open to this program. Throws NO_HOME. */
export function countLocked(home: string): number {
  return sound(home).length - keptSecrets(home).length
}

/** Why the files that cannot be read cannot: DAMAGED_SECRET, OPEN_SECRET, LINKED_SECRET, NO_HOME. Throws NO_HOME. */
export function unreadableSecrets(home: string): SwarmchatError[] {
  return readAll(home).flatMap(({ found }) => (found instanceof SwarmchatError ? found : []))
}

/** Locks all that are open with this identity. Those that cannot be read stay as they are. Throws NO_HOME. */
export function lockSecrets(home: string, identity: KeyPair): void {
  for (const { file, found } of sound(home))
    if (!found.isLocked) orNoHome(file, () => replaceFile(file, lockedSecretText(found, identity)))
}

/** Opens all that were locked with this identity; likewise. */
export function unlockSecrets(home: string, identity: KeyPair): void {
  for (const { file, found } of sound(home)) {
    const isOurs = found.isLocked && equalSecrets(found.identity, identity.publicKey)
    const kept = isOurs ? unlockSecret(found, identity) : undefined
    if (kept !== undefined) orNoHome(file, () => replaceFile(file, openSecretText(kept)))
  }
}

/** Deletes it, if it is there. Throws NO_HOME. */
export function deleteSecret(home: string, name: string): void {
  const file = fileOf(home, name)
  orNoHome(file, () => rmSync(file, { force: true }))
}

function directoryIn(home: string): string {
  return join(home, 'private')
}

function fileOf(home: string, name: string): string {
  return join(directoryIn(home), topicOf(roomSecretFromName(name)))
}

function textFor(home: string, kept: KeptSecret): string {
  const file = identityFile(home)
  const key = keyIfThere(file, 'identity')
  if (key?.isLocked !== true) return openSecretText(kept)
  const identity = unlockedPair(key.publicKey)
  if (identity === undefined) throw lockedIdentity(file)
  return lockedSecretText(kept, identity)
}

/** The identity that opens it, if this program has it. Throws BAD_IDENTITY, OPEN_IDENTITY, NO_HOME. */
function openIdentityOf(home: string, { identity }: LockedSecret): KeyPair | undefined {
  const unlocked = unlockedPair(identity)
  if (unlocked !== undefined) return unlocked
  const key = keyIfThere(identityFile(home), 'identity')
  const isOpen = key?.isLocked === false && equalSecrets(key.pair.publicKey, identity)
  return isOpen ? key.pair : undefined
}

function whyLocked(home: string, file: string, { identity }: LockedSecret): SwarmchatError {
  const key = keyIfThere(identityFile(home), 'identity')
  const isOurs = key?.isLocked === true && equalSecrets(key.publicKey, identity)
  return isOurs ? lockedIdentity(identityFile(home)) : lockedSecret(file, identity)
}

function unlocked(file: string, locked: LockedSecret, identity: KeyPair): KeptSecret {
  const kept = unlockSecret(locked, identity)
  if (kept === undefined) throw damagedSecret(file)
  return kept
}

function secretIn(home: string, file: string, found: SecretText): KeptSecret | undefined {
  if (!found.isLocked) return { name: found.name, secret: found.secret }
  try {
    const identity = openIdentityOf(home, found)
    return identity && unlocked(file, found, identity)
  } catch (thrown) {
    if (thrown instanceof SwarmchatError) return undefined
    throw thrown
  }
}

function read(file: string): SecretText | undefined {
  refuseLink(file)
  const text = orNoHome(file, () => readIfThere(file))
  if (text === undefined) return undefined
  orNoHome(file, () => refuseOpenFile(file, openSecretFile))
  const found = readSecretText(text)
  if (found === undefined) throw damagedSecret(file)
  return found
}

// Whoever could put it there says which file is read, and when it is replaced the one that it names stays behind, open.
function refuseLink(file: string): void {
  const about = orNoHome(file, () => lstatSync(file, { throwIfNoEntry: false }))
  if (about?.isSymbolicLink()) throw linkedSecret(file)
}

interface SoundFile {
  readonly file: string
  readonly found: SecretText
}

/** The files that can be read, by the names of their rooms. */
function sound(home: string): SoundFile[] {
  const all = readAll(home).flatMap(({ file, found }) =>
    found === undefined || found instanceof SwarmchatError ? [] : [{ file, found }]
  )
  return all.sort((a, b) => (a.found.name < b.found.name ? -1 : 1))
}

function readAll(home: string) {
  const directory = directoryIn(home)
  const entries = orNoHome(directory, () => filesIn(directory))
  return entries.map(entry => {
    const file = join(directory, entry)
    return { file, found: readOrWhyNot(file) }
  })
}

function readOrWhyNot(file: string): SecretText | SwarmchatError | undefined {
  try {
    return read(file)
  } catch (thrown) {
    if (thrown instanceof SwarmchatError) return thrown
    throw thrown
  }
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter(entry => parseId<Topic>(entry) !== undefined)
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return []
    throw thrown
  }
}
