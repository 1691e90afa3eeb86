import { join } from 'node:path'
import b4a from 'b4a'
import { domain, hash } from '../../base/crypto.js'
import { idToBytes } from '../../base/ids.js'
import type { Identity } from '../../home/identity.js'
import { roomDirectory } from '../../home/room-directory.js'
import type { RoomKeys } from '../keys.js'

/** Where the messages of this identity are kept in the room of these keys. */
export function historyDirectory(
  home: string,
  { topic }: Pick<RoomKeys, 'topic'>,
  { key }: Pick<Identity, 'key'>
): string {
  return join(roomDirectory(home, topic), 'messages', key)
}

/**
 * Where the program that has that database open gives it to others. Short: a socket's path may be no longer than about a
 * hundred bytes.
 */
export function sharingPath(
  home: string,
  { topic }: Pick<RoomKeys, 'topic'>,
  { key }: Pick<Identity, 'key'>
): string {
  const name = hash([domain('sharing'), idToBytes(topic), idToBytes(key)])
  return join(home, 'run', b4a.toString(name.subarray(0, 8), 'hex'))
}
