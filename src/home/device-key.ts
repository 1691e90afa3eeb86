import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type KeyPair, keyPairFromSeed, SEED_BYTES } from '../base/crypto.js'
import type { Topic } from '../base/ids.js'
import { ensureDirectory } from './directory.js'
import { loadKeyPair } from './key-file.js'
import { tryLock } from './lock.js'

/** The key pair that is announced and dialled, and whether it is the one kept in the room's store. */
export interface Device {
  readonly keyPair: KeyPair
  readonly kept: boolean
  /** Gives the room's store free for another process. Idempotent. */
  release(): void
}

/**
 * This room's device key: the kept one, made on first use, so that a restarted process is the peer that it was; or a
 * fresh one in memory where another living process already is that peer. Throws BAD_IDENTITY, OPEN_IDENTITY or NO_HOME.
 */
export function openDevice(home: string, topic: Topic): Device {
  const directory = ensureDirectory(join(home, 'rooms', topic))
  const lock = tryLock(join(directory, 'lock'))
  if (lock === undefined) return freshDevice()
  try {
    return { keyPair: loadKeyPair(join(directory, 'device'), 'device'), kept: true, ...lock }
  } catch (thrown) {
    lock.release()
    throw thrown
  }
}

/** A device key that lives as long as its process. */
export function freshDevice(): Device {
  return { keyPair: keyPairFromSeed(randomBytes(SEED_BYTES)), kept: false, release: () => {} }
}
