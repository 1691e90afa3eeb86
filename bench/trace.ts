import { type IdentityKey, idFromBytes, type PeerKey } from '../src/base/ids.js'
import type { OnTrace } from '../src/base/trace.js'
import type { Input, Output } from '../src/protocol/events.js'
import { Driver } from '../src/room/driver/driver.js'
import { roomTopic } from '../src/room/keys.js'
import { MemoryStore } from '../src/store/memory-store.js'
import { median } from './support/stats.js'

// npx tsx bench/trace.ts: what tracing costs a room's driver for one input and the two outputs that it
// leads to: if nobody listens, and if somebody does. The machine does nothing, so that the driver is all
// there is. Nanoseconds of CPU, medians of rounds that take turns.

const ROUNDS = 25
const EACH = 200_000

const peer = idFromBytes<PeerKey>(new Uint8Array(32).fill(1))
const input: Input = { type: 'frame', from: peer, frame: { type: 'ping' } }
const outputs: Output[] = [
  { type: 'send', to: peer, frame: { type: 'pong' } },
  { type: 'emit', event: { type: 'peer', device: peer, state: 'present' } }
]

function driverOf(onTrace: OnTrace | undefined): Driver {
  return new Driver({
    machine: { handle: () => outputs },
    topic: roomTopic('bench'),
    self: 'f'.repeat(64) as IdentityKey,
    clock: { now: () => 0, wall: () => 0 },
    store: new MemoryStore(),
    dial: () => {},
    emit: () => {},
    onfault: (_, thrown) => {
      throw thrown
    },
    onTrace
  })
}

/** CPU time of this process: other work on the machine counts for little. */
function nanoseconds(driver: Driver): number {
  const start = process.cpuUsage()
  for (let n = 0; n < EACH; n++) driver.feed(input)
  const { system, user } = process.cpuUsage(start)
  return ((system + user) * 1_000) / EACH
}

let heard = 0
const silent = driverOf(undefined)
const traced = driverOf(() => {
  heard++
})
const took = { silent: [] as number[], traced: [] as number[] }
for (let round = 0; round < ROUNDS; round++) {
  took.silent.push(nanoseconds(silent))
  took.traced.push(nanoseconds(traced))
}
if (heard !== 3 * EACH * ROUNDS) throw new Error('a step was not told')
process.stdout.write(
  `nobody listens: ${median(took.silent).toFixed(0)} ns; somebody does: ${median(took.traced).toFixed(0)} ns\n`
)
