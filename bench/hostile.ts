// `npx tsx bench/hostile.ts`: what one member spends on a flood, in seconds of processor time for each second of the flood,
// how many messages it holds afterwards, and what its heap has grown by, in MB (run it with `node --expose-gc --import tsx`,
// or that is not told). One flood alone: its name as the argument. Eight links bring as many frames as a link may without being closed.
import { boundAt, INFINITY } from '../src/protocol/history/negentropy/bound.js'
import { MessageWriter } from '../src/protocol/history/negentropy/message.js'
import type { Frame } from '../src/protocol/wire/frames.js'
import { INVISIBLE } from '../test/support/attacks.js'
import { EPOCH, type Peer, type Puppet, World } from '../test/support/harness.js'
import { guest, messageOf, numbered, textOf } from '../test/support/hostile.js'
import { idOf } from '../test/support/reconcile.js'

const LINKS = 8
/** What may be brought at once is spent in the first of these. */
const SECONDS = 4
/** Frames of a link in a second. */
const FRAMES = 3_000
/** Frames that are made before the clock runs. */
const BATCH = 2_000
const SETTLING = 11 * 60_000

interface Flood {
  readonly name: string
  /** Frames of one link in a second. */
  readonly perSecond: number
  readonly frame: (n: number, now: number) => Frame
}

const pushed = ({ sealed }: { sealed: Uint8Array }): Frame => ({ type: 'message', hops: 1, sealed })
const invisible = (author: string, n: number, clock: number, bytes = 0) =>
  messageOf(author, { kind: INVISIBLE, clock, nonce: numbered(n), body: new Uint8Array(bytes) })
const known = textOf('eve 0', 'again and again')

const FLOODS: readonly Flood[] = [
  {
    name: 'new identities',
    perSecond: FRAMES,
    frame: (n, now) => pushed(invisible(`new ${n % 5_000}`, n, now))
  },
  {
    name: '100 identities that have waited',
    perSecond: FRAMES,
    frame: (n, now) => pushed(invisible(`eve ${n % 100}`, n, now))
  },
  {
    name: 'the same, 8 kB each',
    perSecond: 500,
    frame: (n, now) => pushed(invisible(`eve ${n % 100}`, n, now, 8_000))
  },
  {
    name: 'history that nobody asked for',
    perSecond: FRAMES,
    frame: (n, now) => ({
      type: 'stored',
      sealed: invisible(`eve ${n % 100}`, n, now - 3_600_000).sealed
    })
  },
  { name: 'one message, again and again', perSecond: FRAMES, frame: () => pushed(known) },
  {
    name: 'invented ids, announced',
    perSecond: Math.floor(FRAMES / 9),
    frame: n => ({
      type: 'ihave',
      entries: Array.from({ length: 128 }, (_, at) => ({ id: idOf(n * 128 + at), hops: 1 }))
    })
  },
  {
    name: 'invented ids, offered',
    perSecond: Math.floor(FRAMES / 33),
    frame: n => ({
      type: 'offer',
      ids: Array.from({ length: 512 }, (_, at) => idOf(n * 512 + at))
    })
  },
  {
    name: 'wrong fingerprints, 57 kB each',
    perSecond: 2,
    frame: () => ({ type: 'reconcile', step: 'ask', payload: wrongFingerprints() })
  }
]

function wrongFingerprints(): Uint8Array {
  const writer = new MessageWriter(57_000)
  const fingerprint = new Uint8Array(16)
  for (let n = 1; n <= 3_000; n++) {
    const upper = n === 3_000 ? INFINITY : boundAt(EPOCH + n)
    if (!writer.tryWrite([{ mode: 'fingerprint', upper, fingerprint }])) break
  }
  return writer.finish()
}

/** A room of two who have known each other, and a hundred of the attacker's, for eleven minutes. */
function room(): { world: World; ann: Peer; eves: Puppet[] } {
  const world = new World()
  const [ann] = world.joinAll('ann', 'bob')
  if (ann === undefined) throw new Error('nobody joined')
  const scout = guest(world, ann, 'scout')
  for (let n = 0; n < 100; n++) {
    ann.feed({ type: 'frame', from: scout.device, frame: pushed(textOf(`eve ${n}`, 'hello')) })
  }
  world.run(SETTLING)
  const eves = Array.from({ length: LINKS }, (_, n) => guest(world, ann, `eve ${n}`))
  return { world, ann, eves }
}

/** What is held now, in MB, buffers included; undefined where the collector cannot be called. */
function heldMegabytes(): number | undefined {
  if (globalThis.gc === undefined) return undefined
  globalThis.gc()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1_000_000
}

function cpuMillis(): number {
  const { system, user } = process.cpuUsage()
  return (system + user) / 1_000
}

function run({ frame, name, perSecond }: Flood): void {
  const { ann, eves, world } = room()
  const before = heldMegabytes()
  let count = 0
  const bring = (many: number): number => {
    const frames = Array.from({ length: many }, () => frame(++count, world.now))
    const start = cpuMillis()
    for (const [at, each] of frames.entries()) {
      const from = (eves[at % LINKS] as Puppet).device
      ann.feed({ type: 'frame', from, frame: each })
    }
    return cpuMillis() - start
  }
  const spent = Array.from({ length: SECONDS }, () => {
    let millis = 0
    for (let left = LINKS * perSecond; left > 0; left -= BATCH)
      millis += bring(Math.min(BATCH, left))
    world.run(1_000)
    ann.sent.length = 0
    return millis / 1_000
  })
  const later = spent.slice(1).reduce((sum, each) => sum + each, 0) / (SECONDS - 1)
  const kept = ann.machine.snapshot().messages
  const closed = ann.closed.filter(({ reason }) => reason === 'flooding').length
  world.run(100)
  ann.sent.length = 0
  ann.stored.length = 0
  ann.events.length = 0
  for (const eve of eves) [eve.heard.length, eve.inputs.length] = [0, 0]
  const after = heldMegabytes()
  const grown = before === undefined || after === undefined ? '-' : (after - before).toFixed(0)
  const figures = [(spent[0] ?? 0).toFixed(2), later.toFixed(2), kept, grown, closed]
  console.log(`| ${name} | ${LINKS * perSecond} | ${figures.join(' | ')} |`)
}

console.log(
  '| flood | frames a second | first second | later | messages kept | grown by, MB | links closed |'
)
console.log('| --- | --- | --- | --- | --- | --- | --- |')
const [only] = process.argv.slice(2)
for (const flood of FLOODS) if (only === undefined || flood.name === only) run(flood)
