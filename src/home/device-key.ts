import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type KeyPair, keyPairFromSeed, SEED_BYTES } from '../base/crypto.js'
import { codeOf } from '../base/errors.js'
import type { Topic } from '../base/ids.js'
import { ensureDirectory } from './directory.js'
import { readIfThere, replaceFile } from './files.js'
import { loadKeyPair, orNoHome, renewKeyPair } from './key-file.js'
import { type Lock, tryLock } from './lock.js'
import { placeOf } from './place.js'
import { roomDirectory } from './room-directory.js'

/** The key pair that is announced and dialled, which belongs to one running program at a time. */
export interface Device {
  readonly keyPair: KeyPair
  /**
   * True if it is the one in the room's store, so that a restarted program is the device that it
   * was.
   */
  readonly kept: boolean
  /**
   * The key pair that was in the store, if this one took its place: the store was copied, or moved.
   */
  readonly former?: KeyPair | undefined
  /**
   * A fresh key pair instead of this one, which another program uses; kept if this one was. Throws
   * NO_HOME.
   */
  renew(): Device
  /** Gives the room's store free for another program. Idempotent. */
  release(): void
}

/**
 * This room's device key: the kept one, made on first use; a fresh one in memory if another living
 * program is that device, or if the file system cannot tell; a fresh one in the store if that is a
 * copy, whose original may live. Throws BAD_IDENTITY, OPEN_IDENTITY, OPEN_HOME or NO_HOME.
 */
export function openDevice(home: string, topic: Topic): Device {
  ensureDirectory(home)
  const directory = ensureDirectory(roomDirectory(home, topic))
  const lock = lockOf(directory)
  if (lock === undefined) return freshDevice()
  try {
    return orNoHome(directory, () => keptDevice(directory, lock))
  } catch (thrown) {
    lock.release()
    throw thrown
  }
}

/** A device key that lives as long as its program. */
export function freshDevice(): Device {
  const keyPair = keyPairFromSeed(randomBytes(SEED_BYTES))
  return { keyPair, kept: false, renew: freshDevice, release: () => {} }
}

function lockOf(directory: string): Lock | undefined {
  try {
    return tryLock(join(directory, 'lock'))
  } catch (thrown) {
    if (codeOf(thrown) === 'NO_LOCKS') return undefined
    throw thrown
  }
}

function keptDevice(directory: string, lock: Lock): Device {
  const { file, place, recorded } = storeOf(directory)
  const keyPair = loadKeyPair(file, 'device')
  if (recorded !== undefined && recorded !== place)
    return { ...renewed(directory, lock), former: keyPair }
  if (recorded === undefined) record(directory, place)
  return deviceOf(keyPair, directory, lock)
}

function renewed(directory: string, lock: Lock): Device {
  const { file, place } = storeOf(directory)
  const keyPair = renewKeyPair(file, 'device')
  record(directory, place)
  return deviceOf(keyPair, directory, lock)
}

function deviceOf(keyPair: KeyPair, directory: string, lock: Lock): Device {
  const renew = () => orNoHome(directory, () => renewed(directory, lock))
  return { keyPair, kept: true, renew, release: () => lock.release() }
}

function storeOf(directory: string) {
  const recorded = readIfThere(join(directory, 'place'))?.trim()
  return { file: join(directory, 'device'), place: placeOf(directory), recorded }
}

function record(directory: string, place: string): void {
  replaceFile(join(directory, 'place'), `${place}\n`)
}
