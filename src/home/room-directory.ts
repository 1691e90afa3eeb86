import { join } from 'node:path'
import type { Topic } from '../base/ids.js'
import { createFile } from './files.js'
import { orNoHome } from './key-file.js'

/** What names a room. */
interface NamedRoom {
  readonly name: string
  readonly topic: Topic
}

/** Where all is that is kept about a room, which need not be there. */
export function roomDirectory(home: string, topic: Topic): string {
  return join(home, 'rooms', topic)
}

/** Notes what the room is called, once, in its directory, which is there. Throws NO_HOME. */
export function nameRoom(home: string, { name, topic }: NamedRoom): void {
  const file = nameFile(home, topic)
  orNoHome(file, () => createFile(file, `${name}\n`))
}

function nameFile(home: string, topic: Topic): string {
  return join(roomDirectory(home, topic), 'name')
}
