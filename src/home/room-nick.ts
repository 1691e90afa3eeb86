import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { IdentityKey, Topic } from '../base/ids.js'
import { readIfThere, replaceFile } from './files.js'
import { checkNick } from './nick.js'
import { roomDirectory } from './room-directory.js'

// What an identity was called in a room last. It is a convenience: what goes wrong with its file is nobody's business.

/** A room, and who we are in it. */
export interface RoomSelf {
  readonly home: string
  readonly topic: Topic
  readonly identity: IdentityKey
}

/** The nick that was kept; undefined if none was, or it is that of another identity of this home. */
export function readRoomNick({ home, identity, topic }: RoomSelf): string | undefined {
  try {
    const [key, nick = ''] = (readIfThere(nickFile(home, topic)) ?? '').split('\n')
    return key === identity ? checkNick(nick) : undefined
  } catch {
    return undefined
  }
}

/** Keeps it, if anything of the room is kept here. */
export function writeRoomNick({ home, identity, topic }: RoomSelf, nick: string): void {
  try {
    if (existsSync(roomDirectory(home, topic)))
      replaceFile(nickFile(home, topic), `${identity}\n${nick}\n`)
  } catch {
    // Then they are called what they are called anyway.
  }
}

function nickFile(home: string, topic: Topic): string {
  return join(roomDirectory(home, topic), 'nick')
}
