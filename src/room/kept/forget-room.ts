import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf } from '../../base/errors.js'
import { homeDirectory } from '../../home/directory.js'
import { keptIdentity } from '../../home/identity.js'
import { deleteInvitations } from '../../home/invitations.js'
import { orNoHome } from '../../home/key-file.js'
import { type Lock, tryLock } from '../../home/lock.js'
import { roomDirectory } from '../../home/room-directory.js'
import { forgetShared } from '../../store/shared-changes.js'
import { storeInUse } from '../../store/store-errors.js'
import { forgetSecret } from '../admission/private-rooms.js'
import type { RoomKeys } from '../keys.js'
import { sharingPath } from './history-place.js'
import { keysOf } from './kept-rooms.js'
import { ASK_AGAIN_MILLIS, MAX_ASKED, roomNotKept } from './kept-source.js'
import { isWaitedFor } from './waiting.js'

/**
 * Deletes all that is kept of a room: messages, name, device key, invitations that admit, and the secret of a private one. Throws BAD_ROOM_NAME, ROOM_NOT_KEPT, STORE_IN_USE if a
 * program is in it, NO_HOME, NO_LOCKS.
 */
export function forgetRoom(room: string | RoomKeys, home: string = homeDirectory()): void {
  const keys = keysOf(room)
  const directory = roomDirectory(home, keys.topic)
  if (!existsSync(directory)) {
    deleteInvitations(home, keys.topic)
    if (forgetSecret(keys, home)) return
    throw roomNotKept(keys.name)
  }
  const lock = lockOf(directory)
  try {
    orNoHome(directory, () => deleteAll(directory))
    deleteInvitations(home, keys.topic)
    forgetSecret(keys, home)
  } finally {
    lock.release()
  }
  orNoHome(directory, () => rmSync(directory, { recursive: true, force: true }))
}

/**
 * The same; and if a program of ours is in the room, that deletes the messages and whom it has met, and goes on: then how many messages
 * that were. Throws what {@link forgetRoom} does: STORE_IN_USE only if that program gives nothing to others for seconds.
 */
export async function forgetHereOrThere(
  keys: RoomKeys,
  home: string = homeDirectory()
): Promise<number | undefined> {
  // First: a program that has taken the place of another one need not have the lock.
  const isThere = existsSync(roomDirectory(home, keys.topic))
  const path = isThere ? sharingPath(home, keys, keptIdentity(home)) : undefined
  for (let asked = 1; asked <= MAX_ASKED; asked += 1) {
    const count = path === undefined ? undefined : await forgetShared(path)
    if (count === 'refused') break
    if (count !== undefined) return count
    const isWanted = path !== undefined && isWaitedFor(path)
    if (!isWanted && isForgotten(keys, home)) return undefined
    await sleep(ASK_AGAIN_MILLIS)
  }
  throw storeInUse()
}

/** Forgets the room, unless a program is in it, which is false. Throws the rest of what {@link forgetRoom} does. */
function isForgotten(keys: RoomKeys, home: string): boolean {
  try {
    forgetRoom(keys, home)
    return true
  } catch (thrown) {
    if (codeOf(thrown) !== 'STORE_IN_USE') throw thrown
    return false
  }
}

/** Throws what {@link forgetHereOrThere} would, and deletes nothing: to be called before somebody is asked whether they are sure. */
export async function checkForgettable(
  keys: RoomKeys,
  home: string = homeDirectory()
): Promise<void> {
  const directory = roomDirectory(home, keys.topic)
  if (!existsSync(directory)) {
    if (keys.access !== 'private') throw roomNotKept(keys.name)
    return
  }
  const path = sharingPath(home, keys, keptIdentity(home))
  for (let asked = 1; asked <= MAX_ASKED; asked += 1) {
    if (isFree(directory) || existsSync(path)) return
    await sleep(ASK_AGAIN_MILLIS)
  }
  throw storeInUse()
}

function isFree(directory: string): boolean {
  const lock = tryLock(join(directory, 'lock'))
  lock?.release()
  return lock !== undefined
}

function lockOf(directory: string): Lock {
  const lock = tryLock(join(directory, 'lock'))
  if (lock === undefined) throw storeInUse()
  return lock
}

// What is locked cannot be deleted on Windows.
function deleteAll(directory: string): void {
  for (const entry of readdirSync(directory))
    if (entry !== 'lock') rmSync(join(directory, entry), { recursive: true, force: true })
}
