import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { codeOf, messageOf } from '../base/errors.js'
import { damagedState } from './errors.js'
import type { StateStorage, StateValues } from './state.js'

/** Keeps state in memory only: for tests. */
export function memoryStorage(): StateStorage {
  let text = '{}'
  return {
    load: async () => JSON.parse(text),
    save: async values => {
      text = JSON.stringify(values)
    }
  }
}

/**
 * Keeps state in a JSON file, mode 0600. A save writes a draft, brings it to the disk and renames it: whoever is killed
 * meanwhile leaves the old state or the new one.
 */
export function fileStorage(file: string): StateStorage {
  return { load: () => load(file), save: values => save(file, values) }
}

/** The same, and hears of it when a save begins to fail: scripts need not wait for theirs. */
export function tellingStorage(
  { load, save }: StateStorage,
  onfail: (reason: string) => void
): StateStorage {
  let isFailing = false
  const saveAndTell = async (values: StateValues) => {
    try {
      await save(values)
      isFailing = false
    } catch (thrown) {
      if (!isFailing) onfail(messageOf(thrown))
      isFailing = true
      throw thrown
    }
  }
  return { load, save: saveAndTell }
}

// Its directory is made here, and not with each save: what a user deletes stays deleted. Where none can be made,
// a save says so.
async function load(file: string): Promise<StateValues> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch(() => {})
  await removeDrafts(file)
  try {
    return parse(await readFile(file, 'utf8'))
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return {}
    throw damagedState(file, reasonOf(thrown), thrown)
  }
}

function parse(text: string): StateValues {
  const values: unknown = JSON.parse(text)
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    throw new SyntaxError('it is not an object')
  return values as StateValues
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof SyntaxError ? 'it is damaged' : messageOf(thrown)
}

async function save(file: string, values: StateValues): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeDurably(draft, `${JSON.stringify(values)}\n`)
    await rename(draft, file)
    await syncDirectory(dirname(file))
  } catch (thrown) {
    await rm(draft, { force: true })
    throw thrown
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

// The new name is durable when its directory is. Windows cannot, and need not.
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(directory, 'r')
  await handle.sync().finally(() => handle.close())
}

// Left by a process that was killed in the middle of a save; the bot's lock says that it is nobody else's.
async function removeDrafts(file: string): Promise<void> {
  const directory = dirname(file)
  const names = await readdir(directory).catch(() => [])
  const drafts = names.filter(
    name => name.startsWith(`${basename(file)}.`) && name.endsWith('.tmp')
  )
  await Promise.all(drafts.map(name => rm(join(directory, name), { force: true })))
}
