import { string } from '@oclif/core/args'
import { readFirstLine } from '../../cli/input.js'
import { standardStreams } from '../../cli/streams.js'

/** The argument of a command that needs a room; read it with {@link roomNamed}. */
export const roomArgument = {
  room: string({
    required: true,
    ignoreStdin: true,
    description:
      'name of the room, 1 to 64 characters; - reads it from the first line of standard input'
  })
}

/**
 * The name of the room that a word of the command line means: itself, or for `-` the next line of standard input, where
 * nobody sees it in the list of processes or in a shell's history. Rejects when the signal fires. Throws BAD_INPUT.
 */
export async function roomNamed(word: string, signal: AbortSignal): Promise<string> {
  if (word !== '-') return word
  const { stderr, stdin } = process
  standardStreams.ownInput(stdin)
  if (stdin.isTTY) stderr.write('Room: ')
  return readFirstLine(stdin, signal)
}
