import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf } from '../base/errors.js'
import { parseId, type Topic } from '../base/ids.js'
import { createFile, readIfThere } from './files.js'
import { orNoHome } from './key-file.js'

/** What names a room. */
export interface NamedRoom {
  readonly name: string
  readonly topic: Topic
}

/** Where all is that is kept about a room, which need not be there. */
export function roomDirectory(home: string, topic: Topic): string {
  return join(home, 'rooms', topic)
}

/** The directories of all rooms that something is kept about. Throws NO_HOME. */
export function roomDirectories(home: string): string[] {
  const directory = join(home, 'rooms')
  const topics = orNoHome(directory, () => entriesOf(directory)).map(entry => parseId<Topic>(entry))
  return topics.flatMap(topic => (topic === undefined ? [] : [roomDirectory(home, topic)]))
}

/** Notes what the room is called, once, in its directory, which is there. Throws NO_HOME. */
export function nameRoom(home: string, { name, topic }: NamedRoom): void {
  const file = nameFile(home, topic)
  orNoHome(file, () => createFile(file, `${name}\n`))
}

/** The rooms that something is kept about and whose name was noted, by name. Throws NO_HOME. */
export function namedRooms(home: string): NamedRoom[] {
  const directory = join(home, 'rooms')
  const rooms = orNoHome(directory, () =>
    entriesOf(directory).flatMap(entry => {
      const topic = parseId<Topic>(entry)
      const name = topic && readIfThere(nameFile(home, topic))?.trimEnd()
      return topic === undefined || name === undefined ? [] : [{ name, topic }]
    })
  )
  return rooms.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function nameFile(home: string, topic: Topic): string {
  return join(roomDirectory(home, topic), 'name')
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return []
    throw thrown
  }
}
