import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
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
 * that were. Throws what {@link forgetRoom} does: STORE_IN_USE only if that program gives nothing to others.
 */
export async function forgetHereOrThere(
  keys: RoomKeys,
  home: string = homeDirectory()
): Promise<number | undefined> {
  // First: a program that has taken the place of another one need not have the lock.
  const isThere = existsSync(roomDirectory(home, keys.topic))
  const count = isThere ? await forgetThere(sharingPath(home, keys, keptIdentity(home))) : undefined
  if (count === undefined) forgetRoom(keys, home)
  return count
}

/** Undefined if no program has the database at this path, nor waits for it. Throws STORE_IN_USE. */
async function forgetThere(path: string): Promise<number | undefined> {
  for (let asked = 1; asked <= MAX_ASKED; asked += 1) {
    const count = await forgetShared(path)
    if (count === 'refused') break
    if (count !== undefined || !isWaitedFor(path)) return count
    await sleep(ASK_AGAIN_MILLIS)
  }
  throw storeInUse()
}

/** Throws what {@link forgetHereOrThere} would, and deletes nothing: to be called before somebody is asked whether they are sure. */
export function checkForgettable(keys: RoomKeys, home: string = homeDirectory()): void {
  const directory = roomDirectory(home, keys.topic)
  if (existsSync(directory)) {
    const lock = tryLock(join(directory, 'lock'))
    lock?.release()
    const isShared = () => existsSync(sharingPath(home, keys, keptIdentity(home)))
    if (lock === undefined && !isShared()) throw storeInUse()
  } else if (keys.access !== 'private') throw roomNotKept(keys.name)
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
