import { rmSync } from 'node:fs'
import { ensureDirectory } from '../../src/home/directory.js'
import { freshIdentity, loadIdentity } from '../../src/home/identity.js'
import { nameRoom } from '../../src/home/room-directory.js'
import { messageRoom } from '../../src/protocol/access/room-cipher.js'
import { encodeTextBody } from '../../src/protocol/wire/bodies/text.js'
import { KIND_TEXT } from '../../src/protocol/wire/kinds.js'
import { NONCE_BYTES, seal } from '../../src/protocol/wire/message.js'
import { historyDirectory } from '../../src/room/kept/history-place.js'
import { roomKeys } from '../../src/room/keys.js'
import { LevelStore } from '../../src/store/level-store.js'
import { putAll } from '../../src/store/put-all.js'
import type { Kept } from '../../src/store/store.js'
import { BENCH_ROOM } from './room.js'

const AUTHORS = 20
/** Messages that are put at once: 2,000 take about 1 MB. */
const AT_ONCE = 2_000
const DAY_MILLIS = 24 * 3_600_000

/** Lines of 100 characters by twenty people, each after the one before, one a second up to now. */
export function* talk(count: number): Generator<Kept> {
  const room = messageRoom(roomKeys(BENCH_ROOM).secret)
  const authors = Array.from({ length: AUTHORS }, () => freshIdentity().keyPair)
  const begin = Date.now() - Math.min(80 * DAY_MILLIS, count * 1_000)
  let last: Kept['id'] | undefined
  const previous = new Map<unknown, Kept['id']>()
  for (let at = 0; at < count; at++) {
    const author = authors[(at * 7) % AUTHORS]
    if (author === undefined) return
    const body = encodeTextBody({ nick: 'bench', text: `line ${at} `.padEnd(100, 'x') })
    const nonce = new Uint8Array(NONCE_BYTES).fill(at % 251)
    const clock = begin + Math.floor((at * (Date.now() - begin)) / count)
    // As members do it: its own previous one, and the head that it knows.
    const named = new Set([last, previous.get(author)].filter(id => id !== undefined))
    const message = seal({ kind: KIND_TEXT, clock, parents: [...named], body, nonce }, author, room)
    previous.set(author, message.id)
    last = message.id
    yield { id: message.id, clock, sealed: message.sealed }
  }
}

/** A home in which so many messages of the room are kept. */
export async function homeWith(home: string, count: number): Promise<string> {
  rmSync(home, { recursive: true, force: true })
  const keys = roomKeys(BENCH_ROOM)
  const directory = ensureDirectory(historyDirectory(home, keys, loadIdentity(home)))
  nameRoom(home, keys)
  const store = await LevelStore.open(directory)
  let put: Kept[] = []
  for (const message of talk(count)) {
    put.push(message)
    if (put.length < AT_ONCE) continue
    await putAll(store, put)
    put = []
  }
  await putAll(store, put)
  await store.close()
  return directory
}
