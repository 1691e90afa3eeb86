import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { SwarmchatError } from '../../base/errors.js'
import { reasonOf } from '../../base/system-errors.js'
import { standardStreams } from '../../cli/streams.js'
import { eachLine } from '../../ndjson/lines.js'
import { openRoomKeys, type RoomKeys } from '../../room/keys.js'
import { type RoomFlags, roomGiven } from '../flags/room-flags.js'

/** BAD_TRANSCRIPT: the file of a transcript cannot be read. */
const badTranscript = (reason: string) =>
  new SwarmchatError('BAD_TRANSCRIPT', `The transcript cannot be read: ${reason}.`, {
    hint: 'Give a file that swarmchat export wrote; - is standard input.'
  })

/** The input that a word of the command line means: a file, or for `-` standard input. */
export function transcriptInput(word: string): Readable {
  if (word !== '-') return createReadStream(word)
  standardStreams.ownInput(process.stdin)
  return process.stdin
}

/** The keys of the room that is named with `--room`, if one is. Rejects with BAD_ROOM_NAME, BAD_PASSWORD, and as `roomGiven`. */
export async function keysGiven(
  flags: RoomFlags & { readonly room?: string | undefined },
  signal: AbortSignal
): Promise<RoomKeys | undefined> {
  if (flags.room === undefined) return undefined
  return openRoomKeys(await roomGiven(flags.room, flags, signal))
}

/**
 * Hands over each line; what that gives, if it gives something, is waited for before the rest is read. Resolves at the end.
 * Throws BAD_TRANSCRIPT, and what is waited for throws.
 */
export async function readLines(
  input: Readable,
  take: (line: string) => Promise<void> | undefined
): Promise<void> {
  let work: Promise<void> = Promise.resolve()
  await new Promise<void>((resolve, reject) => {
    input.on('error', thrown => reject(badTranscript(reasonOf(thrown))))
    const waitFor = (pause: Promise<void>) => {
      input.pause()
      work = work.then(() => pause)
      work.then(() => input.resume(), reject)
    }
    const online = (line: string) => {
      const pause = take(line)
      if (pause !== undefined) waitFor(pause)
    }
    eachLine(input, online, reason => {
      if (reason === undefined) work.then(resolve, reject)
      else reject(badTranscript(reason))
    })
  })
}
