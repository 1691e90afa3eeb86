// What a kept history costs when a room is opened, beside plain classic-level doing the same: `npm run build && npx tsx bench/history.ts [runs] [messages]`.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { shelvedIn } from '../src/room/kept/shelved.js'
import { roomKeys } from '../src/room/keys.js'
import { LevelStore } from '../src/store/level-store.js'
import { putAll } from '../src/store/put-all.js'
import { homeWith, talk } from './support/kept.js'
import { BENCH_ROOM } from './support/room.js'
import { median, summary, table } from './support/stats.js'

const RUNS = Number(process.argv[2] ?? 5)
const COUNT = Number(process.argv[3] ?? 10_000)
/** Messages that are acknowledged one after the other. */
const SINGLY = 500
/** Messages that are read one by one, anywhere. */
const RECALLS = 10_000
/** The networks of a room that is opened: this machine. */
const LOCAL = { ...process.env, SWARMCHAT_NETWORK: 'local', SWARMCHAT_LOCAL_PORT: '43100' }
const keys = roomKeys(BENCH_ROOM)

const all = [...talk(COUNT + SINGLY)]
const messages = all.slice(0, COUNT)
const single = all.slice(COUNT)

const picked = <T>(all: readonly T[]): T[] =>
  Array.from({ length: RECALLS }, (_, at) => all[(at * 7_919) % all.length] as T)

/** Does something with each; the mean and the median of what that took, in µs. */
function each<T>(all: readonly T[], act: (one: T) => unknown) {
  const took = all.map(one => {
    const start = performance.now()
    act(one)
    return (performance.now() - start) * 1_000
  })
  return { mean: took.reduce((sum, micros) => sum + micros, 0) / took.length, middle: median(took) }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return performance.now() - start
}

async function ours(directory: string) {
  const store = await LevelStore.open(directory)
  const write = await timed(() => putAll(store, messages))
  const singly = await timed(async () => {
    for (const message of single) {
      store.put(message)
      await store.flush()
    }
  })
  await store.close()
  let again = await LevelStore.open(directory)
  const read = await timed(async () => {
    const found = await again.load()
    if (found.length !== all.length) throw new Error(`${found.length} messages were read`)
  })
  const recalls = each(picked(messages), message => again.recall(message))
  await again.close()
  const index = await timed(async () => {
    again = await LevelStore.open(directory)
    await shelvedIn(again, keys)
  })
  await again.close()
  return { write, read, singly, index, ...recalls }
}

async function plain(directory: string) {
  const options = { keyEncoding: 'view', valueEncoding: 'view', compression: false } as const
  const database = new ClassicLevel<Uint8Array, Uint8Array>(directory, options)
  await database.open()
  const putOf = ({ id, sealed }: (typeof all)[number]) =>
    ({ type: 'put', key: Buffer.from(id, 'hex'), value: sealed }) as const
  const puts = messages.map(putOf)
  const write = await timed(() => database.batch(puts))
  const singly = await timed(async () => {
    for (const message of single) await database.batch([putOf(message)])
  })
  const read = await timed(() => database.iterator().all())
  const recalls = each(picked(puts), ({ key }) => database.getSync(key))
  await database.close()
  const index = await timed(async () => {
    await database.open()
    await database.keys().all()
  })
  await database.close()
  return { write, read, singly, index, ...recalls }
}

const sizeOf = (directory: string) =>
  readdirSync(directory).reduce((sum, file) => sum + statSync(join(directory, file)).size, 0)

type Times = Awaited<ReturnType<typeof ours>>

const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const times = {
  ours: [] as Times[],
  plain: [] as Times[]
}
for (let n = 0; n < RUNS; n++) {
  times.ours.push(await ours(join(root, `ours ${n}`)))
  times.plain.push(await plain(join(root, `plain ${n}`)))
}
const row = (name: string, of: readonly Times[]) => [
  name,
  summary(of.map(({ write }) => write)),
  summary(of.map(({ read }) => read)),
  summary(of.map(({ index }) => index)),
  summary(of.map(({ singly }) => (SINGLY * 1_000) / singly)),
  summary(of.map(({ mean }) => mean)),
  summary(of.map(({ middle }) => middle))
]
console.log(
  table(
    [
      `${COUNT} messages of 100 characters, ms`,
      'written',
      'read',
      'opened, and its index or keys read',
      'written one by one, a second',
      'one read anywhere, µs: mean',
      'and median'
    ],
    [row('the store', times.ours), row('plain classic-level', times.plain)]
  )
)
const bytes = sizeOf(join(root, 'ours 0'))
const own = messages.reduce((sum, { sealed }) => sum + sealed.byteLength, 0)
console.log(
  `bytes on the disk per message: ${(bytes / COUNT).toFixed(0)}, of them its own: ${(own / COUNT).toFixed(0)}`
)
// Rooms of some sizes, as they are opened, each in a process of its own.
const sizes = [1, COUNT]
for (const size of sizes) await homeWith(join(root, `home ${size}`), size)
for (let n = 0; n < RUNS; n++)
  for (const size of sizes) {
    const child = ['--import', 'tsx', '--expose-gc', 'bench/child/open-room.ts']
    const args = [...child, join(root, `home ${size}`), '1200000']
    console.log(size, execFileSync(process.execPath, args, { encoding: 'utf8', env: LOCAL }).trim())
  }
rmSync(root, { recursive: true, force: true })
