// How fast a file goes through `swarmchat listen` and `swarmchat connect`, against the classic pair of hyperdht programs
// (test/support/plain-pipe.mjs) in the same run. All on loopback, each end a process of its own.
//
//   npm run build && npx tsx bench/pipe.ts [megabytes] [rounds]

import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { createTestnet } from '../test/support/testnet.js'
import { median } from './support/stats.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const RUN = join(ROOT, 'bin/run.js')
const PLAIN = join(ROOT, 'test/support/plain-pipe.mjs')
const USAGE = join(ROOT, 'bench/support/usage.cjs')
const SEED = '2b'.repeat(32)

const megabytes = Number(process.argv[2] ?? 1000)
const rounds = Number(process.argv[3] ?? 3)

interface Pair {
  readonly sender: readonly string[]
  receiver(key: string): readonly string[]
}

/** What one process took: megabytes of memory at most, seconds of processor time. */
interface Usage {
  readonly memory: number
  readonly cpu: number
}

interface Result {
  /** Megabytes a second, from the first byte to the last. */
  readonly speed: number
  readonly sender: Usage
  readonly receiver: Usage
  readonly checksum: string
}

const directory = mkdtempSync(join(tmpdir(), 'swarmchat-bench-'))
const file = join(directory, 'file')
const sum = makeFile()
const testnet = await createTestnet()
const bootstrap = `127.0.0.1:${testnet.bootstrap[0]?.port}`
const port = String(testnet.bootstrap[0]?.port)

const pairs: Record<string, Pair> = {
  hyperdht: {
    sender: [PLAIN, 'server', port, SEED],
    receiver: key => [PLAIN, 'client', port, key]
  },
  swarmchat: {
    sender: [RUN, 'listen', '--bootstrap', bootstrap],
    receiver: key => [RUN, 'connect', '--bootstrap', bootstrap, key]
  }
}

const speeds: Record<string, number[]> = { hyperdht: [], swarmchat: [] }
for (let round = 1; round <= rounds; round += 1) {
  for (const [name, pair] of Object.entries(pairs)) {
    const { speed, sender, receiver, checksum } = await transfer(pair)
    speeds[name]?.push(speed)
    const equal = checksum === sum ? 'equal' : 'DIFFERENT'
    console.log(`${name}: ${speed.toFixed(1)} MB/s, checksum ${equal}`)
    console.log(`  sender ${show(sender)}, receiver ${show(receiver)}`)
  }
}
const share = (100 * median(speeds.swarmchat ?? [])) / median(speeds.hyperdht ?? [])
console.log(
  `median of ${rounds}: swarmchat has ${share.toFixed()} % of plain hyperdht's throughput`
)
await testnet.close()
rmSync(directory, { recursive: true })

function makeFile(): string {
  const hash = createHash('sha256')
  const to = openSync(file, 'w')
  for (let megabyte = 0; megabyte < megabytes; megabyte += 1) {
    const bytes = randomBytes(1_000_000)
    hash.update(bytes)
    writeSync(to, bytes)
  }
  closeSync(to)
  return hash.digest('hex')
}

async function transfer({ sender, receiver }: Pair): Promise<Result> {
  const from = openSync(file, 'r')
  const sending = start(sender, from)
  const key = await says(sending, /listening: ([0-9a-f]{64})/)
  const receiving = start(receiver(key), 'ignore')
  const used = [sending, receiving].map(usage)
  const { checksum, seconds } = await drain(receiving.stdout)
  const [one, two] = await Promise.all(used)
  closeSync(from)
  if (one === undefined || two === undefined) throw new Error('no usage')
  return { speed: megabytes / seconds, sender: one, receiver: two, checksum }
}

async function usage(child: ChildProcess): Promise<Usage> {
  const line = await says(child, /usage: (\d+ kB \d+) us/)
  const [kilobytes = 0, microseconds = 0] = line.split(' kB ').map(Number)
  return { memory: (kilobytes * 1024) / 1e6, cpu: microseconds / 1e6 }
}

function show({ memory, cpu }: Usage): string {
  return `${memory.toFixed()} MB ${cpu.toFixed(2)} s`
}

function start(args: readonly string[], stdin: number | 'ignore'): ChildProcess {
  const env = { ...process.env, NODE_OPTIONS: `--require ${USAGE}` }
  return spawn(process.execPath, args, { stdio: [stdin, 'pipe', 'pipe'], env })
}

async function says({ stderr }: ChildProcess, pattern: RegExp): Promise<string> {
  let text = ''
  while (stderr !== null) {
    const [chunk] = await once(stderr, 'data')
    text += chunk
    const match = pattern.exec(text)?.[1]
    if (match !== undefined) return match
  }
  throw new Error('no stderr')
}

async function drain(stdout: Readable | null): Promise<{ checksum: string; seconds: number }> {
  const hash = createHash('sha256')
  let first = 0
  let last = 0
  for await (const chunk of stdout ?? []) {
    last = performance.now()
    first ||= last
    hash.update(chunk)
  }
  return { checksum: hash.digest('hex'), seconds: (last - first) / 1000 }
}
