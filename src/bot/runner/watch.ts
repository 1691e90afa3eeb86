import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf, SwarmchatError } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'

/** Editors write a file in several steps. */
const SETTLE_MILLIS: Millis = 100
const CODE = /\.[cm]?[jt]s$/

/** CANNOT_WATCH: the system does not tell of changes in a directory, for instance because it watches too much already. */
const cannotWatch = (directory: string, cause: unknown) =>
  new SwarmchatError(
    'CANNOT_WATCH',
    `Changes in ${directory} cannot be watched: ${messageOf(cause)}.`,
    { hint: 'Run the bot without --watch.', cause }
  )

/** Calls `onchange` when code in the script's directory changed; gives what ends that. Throws CANNOT_WATCH. */
export function watchScript(script: string, onchange: () => void): () => void {
  const directory = dirname(script)
  let seen = stateOf(directory)
  let timer: NodeJS.Timeout | undefined
  // One save makes several events, late ones too where the machine is busy.
  const look = () => {
    const state = stateOf(directory)
    if (state === seen) return
    seen = state
    onchange()
  }
  const watcher = start(directory, name => {
    if (name === null || !CODE.test(name)) return
    clearTimeout(timer)
    timer = setTimeout(look, SETTLE_MILLIS)
  })
  return () => {
    clearTimeout(timer)
    watcher.close()
  }
}

function start(directory: string, onevent: (name: string | null) => void): FSWatcher {
  try {
    return watch(directory, (_, name) => onevent(name)).on('error', () => {})
  } catch (thrown) {
    throw cannotWatch(directory, thrown)
  }
}

/** Differs when one of the files of code does. */
function stateOf(directory: string): string {
  const files = namesIn(directory).filter(name => CODE.test(name))
  return files.map(name => `${name} ${versionOf(join(directory, name))}`).join('\n')
}

// A directory may go, and a file in it while it is looked at.
function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function versionOf(file: string): string {
  const { ino, mtimeMs, size } = statSync(file, { throwIfNoEntry: false }) ?? {}
  return `${ino} ${size} ${mtimeMs}`
}
