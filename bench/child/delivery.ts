// Eight members in one process, streams in memory: what a delivery takes of the processor, us, young and after bursts.
// npx tsx bench/child/delivery.ts flood|floor|room
import { randomBytes } from 'node:crypto'
import { setImmediate, setTimeout } from 'node:timers/promises'
import b4a from 'b4a'
import { domain, hash, type KeyPair, keyPairFromSeed } from '../../src/base/crypto.js'
import { type IdentityKey, idFromBytes, type PeerKey, type Topic } from '../../src/base/ids.js'
import { RoomMachine } from '../../src/protocol/machine/room-machine.js'
import { type Clock, systemClock } from '../../src/room/clock.js'
import { Driver, type DriverOptions } from '../../src/room/driver/driver.js'
import { MemoryStore } from '../../src/store/memory-store.js'
import { Flooder } from '../support/flooder.js'
import { LeastMachine } from '../support/least-machine.js'
import { type ChatStream, memoryStreams } from '../support/memory-stream.js'

const MEMBERS = 8
const LINE_BYTES = 100
/** Links are up by then, and all have met. */
const SETTLE_MILLIS = 6_000
/** Lines of a talk, one each 5 ms, and how many of them are young. */
const YOUNG_LINES = 200
const WARM_LINES = 300
const LINE_EVERY_MILLIS = 5
const BURSTS = 8
const LINES_EACH = 107
const PATIENCE_MILLIS = 30_000
/** After so many steps of the members' clock, in each of which everybody says a line, no link is fresh any more. */
const AGEING_STEPS = 14
const AGEING_STEP_MILLIS = 5_000
/** Long enough for all of them to be heard. */
const AGEING_PAUSE_MILLIS = 50

/** Takes connections, says lines, and tells of those that come. */
interface Member {
  attach(stream: ChatStream): void
  say(text: string): void
}

const secret = hash([domain('bench delivery')])
const topic: Topic = idFromBytes(secret)
let delivered = 0
let said = 0
/** How much older the members take themselves to be than they are. */
let aheadMillis = 0
const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMillis }

const pairOf = (name: string): KeyPair => keyPairFromSeed(hash([b4a.from(name)]))

function memberOf(kind: string, at: number, device: KeyPair): Member {
  const identity = pairOf(`identity ${at}`)
  const ondelivered = () => {
    delivered += 1
  }
  if (kind === 'flood') return new Flooder(identity, ondelivered)
  const self: IdentityKey = idFromBytes(identity.publicKey)
  const room = { roomSecret: secret, topic, identity, nick: 'bench' }
  const machine: DriverOptions['machine'] =
    kind === 'floor'
      ? new LeastMachine(room)
      : new RoomMachine({
          ...room,
          device: idFromBytes<PeerKey>(device.publicKey),
          instance: randomBytes(8),
          nonce: () => randomBytes(16),
          random: Math.random
        })
  const driver = new Driver({
    machine,
    topic,
    self,
    clock,
    store: new MemoryStore(),
    dial: () => {},
    emit: event => {
      if (event.type === 'message' && event.message.from !== self) ondelivered()
    },
    onfault: (_, thrown) => {
      throw thrown
    }
  })
  driver.feed({ type: 'start' })
  return {
    attach: stream => driver.attach(stream),
    say: text => driver.feed({ type: 'say', text })
  }
}

function open(kind: string): Member[] {
  const devices = Array.from({ length: MEMBERS }, (_, at) => pairOf(`device ${at}`))
  const members = devices.map((device, at) => memberOf(kind, at, device))
  for (const [at, member] of members.entries())
    for (const [to, other] of members.entries()) {
      const [from, until] = [devices[at], devices[to]]
      if (to <= at || from === undefined || until === undefined) continue
      const [ours, theirs] = memoryStreams(from.publicKey, until.publicKey)
      member.attach(ours)
      other.attach(theirs)
    }
  return members
}

const members = open(process.argv[2] ?? 'room')

function say(at: number): void {
  said += 1
  members[at % MEMBERS]?.say(`line ${said} `.padEnd(LINE_BYTES, '.'))
}

async function talk(lines: number): Promise<void> {
  for (let line = 0; line < lines; line++) {
    say(line)
    await setTimeout(LINE_EVERY_MILLIS)
  }
}

/** What all fresh links may bring together is a bound of its own, which these bursts are not about. */
async function age(): Promise<void> {
  for (let step = 0; step < AGEING_STEPS; step++) {
    aheadMillis += AGEING_STEP_MILLIS
    for (let at = 0; at < MEMBERS; at++) say(at)
    await setTimeout(AGEING_PAUSE_MILLIS)
  }
}

async function burst(): Promise<void> {
  for (let line = 0; line < LINES_EACH; line++) {
    for (let at = 0; at < MEMBERS; at++) say(at)
    await setImmediate()
  }
}

/** Processor time for each delivery that it leads to, us, its share of all threads included. */
async function cost(job: () => Promise<void>): Promise<number> {
  const [before, begun] = [delivered, process.cpuUsage()]
  await job()
  const end = performance.now() + PATIENCE_MILLIS
  while (delivered < said * (MEMBERS - 1) && performance.now() < end) await setTimeout(1)
  const { system, user } = process.cpuUsage(begun)
  return (system + user) / (delivered - before)
}

await setTimeout(SETTLE_MILLIS)
const young = await cost(() => talk(YOUNG_LINES))
await age()
const bursts: number[] = []
for (let n = 0; n < BURSTS; n++) bursts.push(await cost(burst))
const warm = await cost(() => talk(WARM_LINES))
const last = bursts.slice(-3)
const costs = {
  'talk, young': young,
  'first burst': bursts[0],
  'last bursts': last.reduce((sum, each) => sum + each, 0) / last.length,
  'talk, warm': warm
}
console.log(JSON.stringify(costs))
process.exit()
