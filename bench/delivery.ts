import { execFileSync } from 'node:child_process'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { summary, table } from './support/stats.js'

// npx tsx bench/delivery.ts [rounds]: what a delivery takes of the processor, us, in a chat of eight, all in one process, with
// streams in memory and neither sockets nor a DHT: of a signed flood; of the least that a room of our messages can do
// (support/least-machine.ts); and of a Room's machine. Each in a process of its own, in turns.

const ROUNDS = Number(process.argv[2] ?? 3)
const KINDS = ['flood', 'floor', 'room'] as const
const CHILD = fileURLToPath(new URL('./child/delivery.ts', import.meta.url))

const all: Record<string, Record<string, number[]>> = {}
for (let round = 0; round < ROUNDS; round++)
  for (const kind of KINDS) {
    const words = [...process.execArgv, CHILD, kind]
    const costs = JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' }))
    for (const [name, cost] of Object.entries<number>(costs)) {
      all[name] ??= {}
      all[name][kind] = [...(all[name][kind] ?? []), cost]
    }
  }
const rows = Object.entries(all).map(([name, costs]) => [
  name,
  ...KINDS.map(kind => summary(costs[kind] ?? []))
])
console.log(`load average ${loadavg()[0]?.toFixed(0)}, ${ROUNDS} rounds\n`)
console.log(table(['', ...KINDS], rows))
