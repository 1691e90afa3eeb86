import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Topic } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { readIfThere, replaceFile } from './files.js'
import { roomDirectory } from './room-directory.js'

// How far somebody has read a room. It is a convenience: what goes wrong with its file is nobody's business.

/** The time of the newest line that was shown when a room was left; undefined if nobody knows. */
export function readSeen(home: string, topic: Topic): Millis | undefined {
  try {
    const seen = Number(readIfThere(seenFile(home, topic)) ?? Number.NaN)
    return Number.isSafeInteger(seen) && seen > 0 ? seen : undefined
  } catch {
    return undefined
  }
}

/** Notes it, if anything of the room is kept here. */
export function writeSeen(home: string, topic: Topic, time: Millis): void {
  try {
    if (existsSync(roomDirectory(home, topic))) replaceFile(seenFile(home, topic), `${time}\n`)
  } catch {
    // Then lines are called new once more.
  }
}

function seenFile(home: string, topic: Topic): string {
  return join(roomDirectory(home, topic), 'seen')
}
