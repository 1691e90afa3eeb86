// `npm run build && npx tsx bench/away.ts [messages] [rounds]`: how long a newcomer takes to have all that was said while it was away, in real
// processes on loopback. The built program keeps a room of so many messages and says a line five times a second; the newcomer is this
// process, with an empty home, from the sources. Times are from the moment at which the two are linked. At most 70,000 messages: of short
// ones a room keeps 72,727 by default.
import { setTimeout as sleep } from 'node:timers/promises'
import sodium from 'sodium-universal'
import type { Millis } from '../src/base/time.js'
import { freshIdentity } from '../src/home/identity.js'
import { Room } from '../src/room/room.js'
import { Cli, newHome } from '../test/support/cli.js'
import { freePort } from '../test/support/free-port.js'
import { homeWith } from './support/kept.js'
import { BENCH_ROOM } from './support/room.js'
import { spread, table } from './support/stats.js'

const MESSAGES = Number(process.argv[2] ?? 10_000)
const ROUNDS = Number(process.argv[3] ?? 3)
if (MESSAGES > 70_000) throw new RangeError('a room does not keep so many')
const SCREENFUL = 50
const LIVE_EVERY_MILLIS: Millis = 200
const LIVE = 'live '
/** Lines are heard for so long when all of the rest is here. */
const AFTER_MILLIS: Millis = 4_000

/** What a newcomer has spent when it has so many messages. */
interface Point {
  readonly millis: number
  readonly cpuMillis: number
  readonly checks: number
}

let checks = 0
const verify = sodium.crypto_sign_verify_detached
sodium.crypto_sign_verify_detached = (...given: readonly Uint8Array[]) => {
  checks += 1
  return verify(...given)
}

function stopwatch(): () => Point {
  const [since, cpu, before] = [performance.now(), process.cpuUsage(), checks]
  return () => {
    const { system, user } = process.cpuUsage(cpu)
    const cpuMillis = (user + system) / 1_000
    return { millis: performance.now() - since, cpuMillis, checks: checks - before }
  }
}

/** How late a line was: the time that passed, of which this process had so much, in which it heard so many lines of history. */
interface Late {
  readonly millis: number
  readonly cpuMillis: number
  readonly lines: number
}

/** What had been spent when lines of history were heard: one entry for each ms, for to look costs more than a line. */
class Heard {
  readonly #looks: { readonly at: number; readonly cpuMillis: number; readonly lines: number }[] =
    []
  #lines = 0

  line(): void {
    this.#lines += 1
    if (this.#looks.at(-1)?.at !== Date.now()) this.#looks.push(this.#now())
  }

  /** About a line that was said then, and is heard now; undefined if nothing was heard before. */
  late(said: number): Late | undefined {
    const now = this.#now()
    const before = this.#looks.findLast(({ at }) => at <= said)
    if (before === undefined) return undefined
    return {
      millis: now.at - said,
      cpuMillis: now.cpuMillis - before.cpuMillis,
      lines: now.lines - before.lines
    }
  }

  #now() {
    const { system, user } = process.cpuUsage()
    return { at: Date.now(), cpuMillis: (system + user) / 1_000, lines: this.#lines }
  }
}

/** Catches up, and hears what is said meanwhile and afterwards: how late each line was. */
async function catchUp(room: Room) {
  const late: { meanwhile: Late[]; after: Late[] } = { meanwhile: [], after: [] }
  const heard = new Heard()
  let watch: (() => Point) | undefined
  let lines = 0
  let screenful: Point | undefined
  let all: Point | undefined
  room.on('peer', ({ state }) => {
    if (state === 'verified') watch ??= stopwatch()
  })
  await new Promise<void>(resolve => {
    room.on('message', ({ text }) => {
      if (text.startsWith(LIVE)) {
        const spent = heard.late(Number(text.slice(LIVE.length)))
        if (spent !== undefined) late[all === undefined ? 'meanwhile' : 'after'].push(spent)
        return
      }
      heard.line()
      lines += 1
      if (lines === SCREENFUL) screenful = watch?.()
      if (lines === MESSAGES) all = watch?.()
      if (lines === MESSAGES) resolve()
    })
  })
  await sleep(AFTER_MILLIS)
  if (screenful === undefined || all === undefined) throw new Error('linked to nobody')
  return { screenful, all, late }
}

async function round(home: string) {
  const localPort = await freePort()
  const env = { SWARMCHAT_NETWORK: 'local', SWARMCHAT_LOCAL_PORT: `${localPort}` }
  const ann = new Cli(['join', BENCH_ROOM, '--json', '--nick', 'ann'], {
    ...env,
    SWARMCHAT_HOME: home
  })
  await ann.object('ready')
  const talking = setInterval(() => ann.say(`${LIVE}${Date.now()}`), LIVE_EVERY_MILLIS)
  const room = await Room.open({
    name: BENCH_ROOM,
    nick: 'dan',
    home: newHome(),
    identity: freshIdentity(),
    networks: { mode: 'local', localPort }
  })
  try {
    return await catchUp(room)
  } finally {
    clearInterval(talking)
    await room.leave()
    await ann.kill('SIGTERM')
  }
}

const rows: Record<string, number[]> = {}
const note = (name: string, value: number) => {
  rows[name] ??= []
  rows[name].push(value)
}
for (let n = 0; n < ROUNDS; n += 1) {
  const home = newHome()
  await homeWith(home, MESSAGES)
  const { all, late, screenful } = await round(home)
  note('a screenful, ms', screenful.millis)
  note('... signatures checked until then', screenful.checks)
  note('all, ms', all.millis)
  note('... processor time, ms', all.cpuMillis)
  note('... signatures checked until all is there', all.checks)
  for (const { cpuMillis, lines, millis } of late.meanwhile) {
    note('a line that is said meanwhile, late by ms', millis)
    note('... of which this process had, ms', cpuMillis)
    note('... and heard lines of history first', lines)
  }
  for (const { millis } of late.after) note('a line that is said afterwards, late by ms', millis)
}
const cells = Object.entries(rows).map(([name, values]) => [name, spread(values)])
console.log(`${MESSAGES} messages, ${ROUNDS} rounds: median, 95 % (min - max)\n`)
console.log(table(['', ''], cells))
process.exit(0)
