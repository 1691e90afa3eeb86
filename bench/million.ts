// What a room of very many messages costs to open and to reconcile: `npx tsx --expose-gc bench/million.ts [messages]`. Their bodies
// are no messages, for making those takes longest: what a store has was checked, and reconciling goes by ids. The hundred that
// one of two machines lacks are real ones.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type IdentityKey, idFromBytes, type MessageId } from '../src/base/ids.js'
import { KIND_TEXT } from '../src/protocol/wire/kinds.js'
import { Arrivals } from '../src/store/arrivals.js'
import { IndexLog } from '../src/store/index-log.js'
import type { Row } from '../src/store/index-rows.js'
import { keyOf } from '../src/store/layout.js'
import { openDatabase } from '../src/store/level-database.js'
import { LevelStore } from '../src/store/level-store.js'
import { EPOCH, type Peer, World } from '../test/support/harness.js'

const COUNT = Number(process.argv[2] ?? 1_000_000)
const AUTHORS = 20
const SEALED_BYTES = 277
const AT_ONCE = 4_096
const LACKING = 100
const KEEP = { maxMessages: 4 * COUNT, maxBytes: 40_000 * COUNT, maxAgeMillis: 0 }

const idOf = <T extends IdentityKey | MessageId>() => idFromBytes<T>(randomBytes(32))
const authors = Array.from({ length: AUTHORS }, () => idOf<IdentityKey>())
const body = randomBytes(SEALED_BYTES)

let parents: MessageId[] = []
function rowAt(at: number): Row & { type: 'kept' } {
  const [id, author] = [idOf<MessageId>(), authors[(at * 7) % AUTHORS] as IdentityKey]
  const facts = { clock: EPOCH - COUNT + at, kind: KIND_TEXT, bytes: SEALED_BYTES }
  const message = { id, author, parents, ...facts, isVerified: true as const, isBare: false }
  parents = [id]
  return { type: 'kept', message, heardAt: EPOCH - COUNT }
}

async function write(directory: string): Promise<void> {
  const { database } = await openDatabase(directory)
  const log = new IndexLog()
  const arrivals = await Arrivals.open(database)
  for (let at = 0; at < COUNT; at += AT_ONCE) {
    const count = Math.min(AT_ONCE, COUNT - at)
    const rows = Array.from({ length: count }, (_, n) => rowAt(at + n))
    const puts = rows.map(
      ({ message }) => ({ type: 'put', key: keyOf(message), value: body }) as const
    )
    const ids = rows.map(({ message: { id } }) => id)
    const { operations } = await arrivals.change({ ids, gone: [] }, database)
    await database.batch([...puts, log.add(rows), ...operations])
  }
  await database.close()
}

let [before, cpu] = [process.memoryUsage(), process.cpuUsage()]
function lap(what: string): void {
  const { system, user } = process.cpuUsage(cpu)
  globalThis.gc?.()
  const now = process.memoryUsage()
  const more = (key: keyof NodeJS.MemoryUsage) => Math.round((now[key] - before[key]) / 1_000_000)
  const memory = `${more('rss')} MB more, of that heap ${more('heapUsed')} and arrays ${more('arrayBuffers')}`
  console.log(`${what}: ${((user + system) / 1_000_000).toFixed(2)} s of CPU, ${memory}`)
  before = process.memoryUsage()
  cpu = process.cpuUsage()
}

async function restored(world: World, name: string, store: LevelStore): Promise<Peer> {
  const peer = world.join(name, { keep: KEEP, recall: store.recall })
  peer.feed({ type: 'restore', messages: [], shelved: await store.index() })
  return peer
}

const directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
try {
  await write(directory)
  lap(`${COUNT} messages written`)
  const store = await LevelStore.open(directory)
  const table = await store.index()
  lap(`opened and read, ${table.length}`)
  const world = new World()
  const ann = await restored(world, 'ann', store)
  lap('read once more and restored')
  for (let at = 0; at < LACKING; at++) ann.say(`line ${at}`)
  const dan = await restored(world, 'dan', store)
  lap('the same for a second member')
  world.connect(dan, ann)
  const began = world.now
  for (let n = 0; n < 3_000 && dan.machine.snapshot().messages < COUNT + LACKING; n++) world.run(10)
  lap(`reconciled after ${world.now - began} ms of the network: ${dan.machine.snapshot().messages}`)
  await store.close()
} finally {
  rmSync(directory, { recursive: true, force: true })
}
