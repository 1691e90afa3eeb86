import { askUnseen } from '../../cli/ask.js'
import { badArguments } from '../../cli/bad-arguments.js'
import { readFirstLine } from '../../cli/input.js'
import { standardStreams } from '../../cli/streams.js'
import { isCutOff } from '../../room/admission/invitation.js'

/**
 * Names of rooms, and invitations, as the words of a command line mean them: themselves; for `-`, or if there is none, what is
 * typed without being shown, or the next line of standard input. An invitation that breaks there goes on in the next line.
 * Rejects with BAD_ARGUMENTS if there is nobody to ask, BAD_INPUT, and when the signal fires.
 */
export async function roomsGiven(words: readonly string[], signal: AbortSignal): Promise<string[]> {
  if (words.length === 0 && !process.stdin.isTTY) throw whichRoom()
  const rooms: string[] = []
  // One after the other: each - is a line of its own.
  for (const word of words.length === 0 ? ['-'] : words)
    rooms.push(word === '-' ? await wholeRoom(signal) : word)
  return rooms
}

const whichRoom = () =>
  badArguments(
    'Which room? swarmchat join <room>',
    'A name, or an invitation. On a terminal, swarmchat join alone asks for it.'
  )

async function wholeRoom(signal: AbortSignal): Promise<string> {
  let room = await nextLine('Room or invitation: ', signal)
  for (let line = room; isCutOff(room) && line !== ''; room += line)
    line = await nextLine('... and the rest of it: ', signal)
  return room
}

function nextLine(question: string, signal: AbortSignal): Promise<string> {
  const { stderr, stdin } = process
  standardStreams.ownInput(stdin)
  if (!stdin.isTTY) return readFirstLine(stdin, signal)
  return askUnseen({ text: question, input: stdin, output: stderr, signal })
}
