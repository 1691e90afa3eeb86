import { parseArgs } from 'node:util'
import { seedFromEnv } from '../support/seed.js'
import { burst } from './burst.js'
import { hostile, type Progress } from './hostile.js'
import { LightNode } from './light-node.js'
import type { Report } from './report.js'
import { RoomNode } from './room-node.js'
import {
  blackholes,
  churn,
  crash,
  partition,
  restart,
  type Setting,
  spam,
  stable
} from './scenarios.js'
import { sweep } from './sweep.js'
import { table } from './table.js'

/** Every member of a real room hears the heartbeats of all others: the work of a run grows with the square of the room. */
const ROOM_PEERS = 200

const USAGE = `npm run sim -- [options]

  --peers n        members (1000)
  --seed n         replays a run (SEED from the environment, or 1)
  --authors n      members that take turns in talking (1)
  --messages n     messages said (50)
  --rate n         messages a second (1)
  --crash share    this share of the members crashes at once
  --churn          a tenth of the members is replaced every minute
  --partition      two halves for five minutes, then one room
  --blackholes s   this share of the members forwards nothing
  --restart share  this share stops and comes back under its keys, half of it with its memory
  --spam           one member says 1,000 things a second
  --hostile        some identities attack at random; --peers honest members (50), --minutes (1440),
                   --attackers n (10), --share s of the time (0.01), --attack-rate frames a second (200),
                   --attack name of one (all; may be given several times),
                   --history messages that each member keeps (2000)
  --burst          everybody says a share of --messages at once (1000), between calm talk; --peers 32
  --cpu share      each member owns this share of a core, and its inputs wait for it
  --skew millis    clocks are wrong by up to this
  --nat share      this share is behind randomising NATs, which cannot reach each other
  --minutes n      how long churn or partition last (10 or 5), or how long one talks, in place of --messages
  --node kind      room: the whole room machine; light: membership and broadcast only
                   (room up to ${ROOM_PEERS} members, light above)
  --sweep          each constant of membership (a crash of half the members), and of presence and history (a cut, and
                   a crash of a third), halved and doubled: tables of what changes; --only name for one of them, or
                   for a folder's, which may be given several times
  --twice          runs it twice and compares the traces`

const OPTIONS = {
  peers: { type: 'string' },
  seed: { type: 'string' },
  authors: { type: 'string', default: '1' },
  messages: { type: 'string' },
  rate: { type: 'string' },
  crash: { type: 'string' },
  blackholes: { type: 'string' },
  minutes: { type: 'string' },
  restart: { type: 'string' },
  nat: { type: 'string', default: '0' },
  skew: { type: 'string', default: '0' },
  spam: { type: 'boolean', default: false },
  hostile: { type: 'boolean', default: false },
  attackers: { type: 'string', default: '10' },
  share: { type: 'string', default: '0.01' },
  history: { type: 'string', default: '2000' },
  'attack-rate': { type: 'string', default: '200' },
  attack: { type: 'string', multiple: true },
  burst: { type: 'boolean', default: false },
  cpu: { type: 'string' },
  churn: { type: 'boolean', default: false },
  partition: { type: 'boolean', default: false },
  node: { type: 'string' },
  sweep: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true },
  twice: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false }
} as const

const { values } = parseArgs({ options: OPTIONS })

function peers(): number {
  if (values.peers !== undefined) return Number(values.peers)
  if (values.burst) return 32
  return values.hostile ? 50 : 1_000
}

function kind(): string {
  return values.node ?? (peers() > ROOM_PEERS ? 'light' : 'room')
}

function numberOf(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value)
}

function run(): Report {
  const setting: Setting = {
    make: kind() === 'light' ? birth => new LightNode(birth) : birth => new RoomNode(birth),
    peers: peers(),
    seed: values.seed === undefined ? seedFromEnv(1) : Number(values.seed),
    authors: Number(values.authors),
    messages: numberOf(values.messages),
    rate: numberOf(values.rate),
    world: {
      skew: Number(values.skew),
      badNat: Number(values.nat),
      cpu: numberOf(values.cpu)
    }
  }
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes)
  if (values.hostile) {
    return hostile({
      seed: setting.seed,
      honest: peers(),
      hostile: Number(values.attackers),
      minutes: minutes ?? 1_440,
      share: Number(values.share),
      rate: Number(values['attack-rate']),
      attacks: values.attack,
      history: Number(values.history),
      onprogress: progress()
    })
  }
  if (values.burst) return burst(setting).report
  if (values.crash !== undefined) return crash(setting, Number(values.crash))
  if (values.blackholes !== undefined) return blackholes(setting, Number(values.blackholes))
  if (values.restart !== undefined) return restart(setting, Number(values.restart))
  if (values.spam) return spam(setting)
  if (values.churn) return churn(setting, minutes)
  if (values.partition) return partition(setting, minutes)
  return stable(minutes === undefined ? setting : { ...setting, messages: spoken(minutes) })
}

/** Lines said in so many minutes. */
function spoken(minutes: number): number {
  return Math.round(minutes * 60 * (numberOf(values.rate) ?? 1))
}

/** A day takes hours: says how it stands. */
function progress(): (progress: Progress) => void {
  const start = process.cpuUsage()
  return ({ departures, lines, lost, minutes, overBound }) => {
    globalThis.gc?.()
    const { heapUsed, rss } = process.memoryUsage()
    const memory = `heap ${Math.round(heapUsed / 1e6)} MB of ${Math.round(rss / 1e6)}`
    const used = `${seconds(process.cpuUsage(start)).toFixed(0)} s of processor time, ${memory}`
    const over = overBound.length === 0 ? 'nothing' : overBound.join(', ')
    const found = `${lines} lines, ${lost} lost; ${departures} told to be gone; over a bound: ${over}`
    console.error(`${minutes} minutes of attacks: ${used}; ${found}`)
  }
}

function seconds({ system, user }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000_000
}

function timed(): Report {
  const start = process.cpuUsage()
  const result = run()
  console.log(`${kind()} nodes`, table(result, seconds(process.cpuUsage(start))))
  return result
}

if (values.help) {
  console.log(USAGE)
} else if (values.sweep) {
  for (const line of sweep(peers(), values.only)) console.log(line)
} else {
  const first = timed()
  if (values.twice && timed().trace !== first.trace) {
    console.error('The two runs differ: something in them is not deterministic.')
    process.exitCode = 1
  }
}
