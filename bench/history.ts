// What a kept history costs when a room is opened, beside plain classic-level doing the same: `npx tsx bench/history.ts [runs]`.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { freshIdentity } from '../src/home/identity.js'
import { messageRoom } from '../src/protocol/access/room-cipher.js'
import { encodeTextBody } from '../src/protocol/wire/bodies/text.js'
import { KIND_TEXT } from '../src/protocol/wire/kinds.js'
import { NONCE_BYTES, seal } from '../src/protocol/wire/message.js'
import { readHistory } from '../src/room/history.js'
import { roomKeys } from '../src/room/keys.js'
import { LevelStore } from '../src/store/level-store.js'
import type { Kept } from '../src/store/store.js'
import { summary, table } from './support/stats.js'

const RUNS = Number(process.argv[2] ?? 5)
const COUNT = 10_000
const keys = roomKeys('bench')
const room = messageRoom(keys.secret)
const { keyPair } = freshIdentity()

const messages: Kept[] = Array.from({ length: COUNT }, (_, clock) => {
  const body = encodeTextBody({ nick: 'bench', text: `line ${clock} `.padEnd(100, 'x') })
  const nonce = new Uint8Array(NONCE_BYTES).fill(clock % 251)
  return seal({ kind: KIND_TEXT, clock, parents: [], body, nonce }, keyPair, room)
})

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return performance.now() - start
}

async function ours(directory: string) {
  const store = await LevelStore.open(directory)
  const write = await timed(() => {
    for (const message of messages) store.put(message)
    return store.flush()
  })
  await store.close()
  const read = await timed(async () => {
    const again = await LevelStore.open(directory)
    const { messages: found } = await readHistory(again, keys)
    if (found.length !== COUNT) throw new Error(`${found.length} of ${COUNT} messages were read`)
    await again.close()
  })
  return { write, read }
}

async function plain(directory: string) {
  const options = { keyEncoding: 'view', valueEncoding: 'view', compression: false } as const
  const database = new ClassicLevel<Uint8Array, Uint8Array>(directory, options)
  await database.open()
  const puts = messages.map(({ id, sealed }) => {
    return { type: 'put', key: Buffer.from(id, 'hex'), value: sealed } as const
  })
  const write = await timed(() => database.batch(puts))
  await database.close()
  const read = await timed(async () => {
    await database.open()
    await database.iterator().all()
    await database.close()
  })
  return { write, read }
}

const sizeOf = (directory: string) =>
  readdirSync(directory).reduce((sum, file) => sum + statSync(join(directory, file)).size, 0)

const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const times = {
  ours: [] as { write: number; read: number }[],
  plain: [] as { write: number; read: number }[]
}
for (let n = 0; n < RUNS; n++) {
  times.ours.push(await ours(join(root, `ours ${n}`)))
  times.plain.push(await plain(join(root, `plain ${n}`)))
}
const row = (name: string, of: readonly { write: number; read: number }[]) => [
  name,
  summary(of.map(({ write }) => write)),
  summary(of.map(({ read }) => read))
]
console.log(
  table(
    [`${COUNT} messages of 100 characters, ms`, 'written', 'opened and read'],
    [row('the store, messages opened', times.ours), row('plain classic-level', times.plain)]
  )
)
const bytes = sizeOf(join(root, 'ours 0'))
const own = messages.reduce((sum, { sealed }) => sum + sealed.byteLength, 0)
console.log(
  `bytes on the disk per message: ${(bytes / COUNT).toFixed(0)}, of them its own: ${(own / COUNT).toFixed(0)}`
)
rmSync(root, { recursive: true, force: true })
