import { badArguments } from '../../cli/bad-arguments.js'
import { badCursor, isCursor } from '../../room/kept/cursor.js'
import { roomKeys } from '../../room/keys.js'

const whichRoom = (text: string) =>
  badArguments(
    `--since ${text} does not say of which room.`,
    'With several rooms: --since <room>=<cursor>, once for each that has one.'
  )

/**
 * Where each of these rooms goes on: `CURSOR` if there is one, `ROOM=CURSOR` for any. Throws BAD_CURSOR; BAD_ARGUMENTS if it
 * is said of none of them; BAD_ROOM_NAME.
 */
export function cursorsGiven(
  words: readonly string[],
  rooms: readonly string[]
): (room: string) => string | undefined {
  const names = rooms.map(room => roomKeys(room).name)
  const cursors = new Map(words.map(word => cursorGiven(word, names)))
  return room => cursors.get(room)
}

function cursorGiven(word: string, names: readonly string[]): readonly [string, string] {
  const at = word.lastIndexOf('=')
  const cursor = word.slice(at + 1)
  if (!isCursor(cursor)) throw badCursor(cursor)
  const [only] = names
  if (at === -1 && only !== undefined && names.length === 1) return [only, cursor]
  const name = at === -1 ? undefined : roomKeys(word.slice(0, at)).name
  if (name === undefined || !names.includes(name)) throw whichRoom(word)
  return [name, cursor]
}
