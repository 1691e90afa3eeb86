import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import b4a from 'b4a'
import { codeOf, SwarmchatError } from '../base/errors.js'
import { parseId, type Topic } from '../base/ids.js'
import { roomSecretFromName, topicOf } from '../protocol/access/room-secret.js'
import { ensureDirectory } from './directory.js'
import { createFile, readIfThere } from './files.js'
import { orNoHome, refuseOpenFile } from './key-file.js'

// A private room has one file, mode 0600: what it is, the secret, the topic that the secret must give (so that a changed
// digit is damage, and not another room), and its name. The file is called by the topic of the public room of that name,
// which it hides here: so a name leads to one private room at most, also if two programs make one at once.

/** A private room, as it is kept. */
export interface KeptSecret {
  /** The name in the form that is hashed. */
  readonly name: string
  /** 32 bytes. */
  readonly secret: Uint8Array
}

const TITLE = 'swarmchat room 1'
const LAYOUT = /^swarmchat room 1\nsecret ([0-9a-f]{64})\ntopic ([0-9a-f]{64})\nname (.+)\n$/

/** DAMAGED_SECRET: the file of a private room is damaged. The name does not lead to the public room instead. */
const damagedSecret = (file: string) =>
  new SwarmchatError('DAMAGED_SECRET', `The file of a private room, ${file}, is damaged.`, {
    hint: 'Move it away, and join the room by its invitation again. It was left as it is.'
  })

/** OPEN_SECRET: others on this machine may read the file of a private room, and so be in that room. */
const openSecretFile = (file: string, mode: number) =>
  new SwarmchatError(
    'OPEN_SECRET',
    `The file of a private room, ${file}, can be read by others (mode ${mode.toString(8).padStart(4, '0')}).`,
    { hint: `Make it yours alone: chmod 600 '${file}'` }
  )

/** Keeps it, unless a private room of that name is kept here already: false then. Throws NO_HOME, OPEN_HOME. */
export function keepSecret(home: string, { name, secret }: KeptSecret): boolean {
  const directory = directoryIn(ensureDirectory(home))
  ensureDirectory(directory)
  const lines = [TITLE, `secret ${b4a.toString(secret, 'hex')}`, `topic ${topicOf(secret)}`]
  const file = fileOf(home, name)
  return orNoHome(file, () => createFile(file, `${lines.join('\n')}\nname ${name}\n`))
}

/** The private room of this *normalised* name; undefined if there is none. Throws DAMAGED_SECRET, OPEN_SECRET, NO_HOME. */
export function keptSecret(home: string, name: string): KeptSecret | undefined {
  return read(fileOf(home, name))
}

/** All that can be read, by name: a file that cannot is told of when its room is wanted. Throws NO_HOME. */
export function keptSecrets(home: string): KeptSecret[] {
  const kept = readAll(home).flatMap(each => (each instanceof SwarmchatError ? [] : (each ?? [])))
  return kept.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Why the files that cannot be read cannot: DAMAGED_SECRET, OPEN_SECRET, NO_HOME. Throws NO_HOME. */
export function unreadableSecrets(home: string): SwarmchatError[] {
  return readAll(home).flatMap(each => (each instanceof SwarmchatError ? each : []))
}

/** Deletes it, if it is there. Throws NO_HOME. */
export function deleteSecret(home: string, name: string): void {
  const file = fileOf(home, name)
  orNoHome(file, () => rmSync(file, { force: true }))
}

function directoryIn(home: string): string {
  return join(home, 'private')
}

function fileOf(home: string, name: string): string {
  return join(directoryIn(home), topicOf(roomSecretFromName(name)))
}

function read(file: string): KeptSecret | undefined {
  const text = orNoHome(file, () => readIfThere(file))
  if (text === undefined) return undefined
  orNoHome(file, () => refuseOpenFile(file, openSecretFile))
  const [, digits = '', topic, name] = LAYOUT.exec(text) ?? []
  const secret = b4a.from(digits, 'hex')
  if (name === undefined || topicOf(secret) !== topic) throw damagedSecret(file)
  return { name, secret }
}

function readAll(home: string): (KeptSecret | SwarmchatError | undefined)[] {
  const directory = directoryIn(home)
  const files = orNoHome(directory, () => filesIn(directory))
  return files.map(file => readOrWhyNot(join(directory, file)))
}

function readOrWhyNot(file: string): KeptSecret | SwarmchatError | undefined {
  try {
    return read(file)
  } catch (thrown) {
    if (thrown instanceof SwarmchatError) return thrown
    throw thrown
  }
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter(entry => parseId<Topic>(entry) !== undefined)
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return []
    throw thrown
  }
}
