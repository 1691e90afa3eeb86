import type { Side } from '../child/contestant.js'
import { type Usage, usedBetween } from '../child/usage.js'
import { Chat, type Talk } from '../support/chat.js'
import { sleep } from '../support/clock.js'
import {
  deadlines,
  interleaved,
  type Row,
  type Scale,
  type Section,
  type Table
} from '../support/section.js'
import type { World } from '../support/world.js'

const SIZES = [8, 32, 100]
/** With all the time in the world. */
const ALL_SIZES = [8, 32, 64, 100]
/** Deliveries of one burst, about. */
const BURST_DELIVERIES = 12_000
const LINES_PER_SECOND = 100
const TALK_SECONDS = 2
/** Kept back for the bursts. */
const BURSTS_MILLIS = 6_000
/** The lookups of the first minute are over then, and heartbeats have shaped the tree. */
const SETTLE_MILLIS = 25_000
const IDLE_MILLIS = 5_000
const SIDES = ['swarm', 'hyperswarm'] as const

/** Section 7: a Room against a signed flood over a full mesh of Hyperswarm. */
export const chat: Section = {
  name: 'chat',
  seconds: 160,
  title: '7. Chat: Room against a signed flood over a full mesh of Hyperswarm',
  async run(world, scale) {
    const tables: Table[] = []
    const sizes = scale.full ? ALL_SIZES : SIZES
    const ends = deadlines(scale.seconds, sizes)
    for (const [index, size] of sizes.entries()) {
      console.error(`chat of ${size}`)
      tables.push(await compare(world, size, scale, ends[index]))
    }
    return { tables, notes: NOTES }
  }
}

const NOTES = [
  'The flood is the least that a full mesh can do: an author writes to everybody, nobody passes anything on, everybody verifies once.',
  `First ${LINES_PER_SECOND} lines of 100 bytes a second in all, for ${TALK_SECONDS} s, of each member in turns. Then bursts: everybody says lines as fast as possible, about ${BURST_DELIVERIES} deliveries in all. CPU time is that of all members, whatever they spent it on.`,
  'Loopback, 4 processes per side, both sides open at once and talking in turns. Memory is the heap of JavaScript and buffers, over the same process before it made the members; traffic is UDP payload, sent and received, of hyperdht and of the streams.'
]

async function compare(
  world: World,
  size: number,
  { pairs }: Scale,
  deadline?: number
): Promise<Table> {
  const [swarm, hyperswarm] = await Promise.all(SIDES.map(side => Chat.open(world, side, size)))
  if (swarm === undefined || hyperswarm === undefined) throw new RangeError('two sides')
  const chats = { swarm, hyperswarm }
  await sleep(SETTLE_MILLIS)
  const idle = await both(chats, idling)
  const footprint = await both(chats, footprintOf)
  const lines = Math.max(1, Math.round(BURST_DELIVERIES / (size * (size - 1))))
  const talk = (side: Side) => chats[side].talk(LINES_PER_SECOND, TALK_SECONDS)
  const talks = await interleaved(pairs, talk, deadline && deadline - BURSTS_MILLIS)
  const bursts = await interleaved(pairs, side => chats[side].burst(lines), deadline)
  await both(chats, chat => chat.close())
  const rows = [...talkRows(talks), ...burstRows(bursts), ...costRows(size, idle, footprint)]
  return { caption: `**N = ${size}**`, unit: '', rows }
}

async function both<T>(
  chats: Record<Side, Chat>,
  job: (chat: Chat) => Promise<T>
): Promise<Record<Side, T>> {
  const [swarm, hyperswarm] = await Promise.all([job(chats.swarm), job(chats.hyperswarm)])
  return { swarm, hyperswarm }
}

async function idling(chat: Chat): Promise<Usage> {
  const before = await chat.used()
  await sleep(IDLE_MILLIS)
  return usedBetween(before, await chat.used())
}

interface Footprint {
  readonly connections: number
  readonly memory: number
}

async function footprintOf(chat: Chat): Promise<Footprint> {
  return { connections: await chat.connections(), memory: (await chat.used()).memory }
}

function burstRows({ swarm, hyperswarm }: Record<Side, Talk[]>): Row[] {
  const row = (name: string, of: (talk: Talk) => number): Row => ({
    name: `burst: ${name}`,
    swarm: swarm.map(of),
    hyperswarm: hyperswarm.map(of)
  })
  return [
    row('delivered per second', talk => (talk.delivered * 1_000) / talk.millis),
    row('CPU per delivery, us', talk => (talk.usage.cpu * 1_000) / talk.delivered),
    row('copies per delivery', talk => talk.copies / talk.delivered),
    row("an author's uploads per line", talk => talk.uploads / talk.lines)
  ]
}

function talkRows({ swarm, hyperswarm }: Record<Side, Talk[]>): Row[] {
  const row = (name: string, of: (talk: Talk) => number | null): Row => ({
    name: `${LINES_PER_SECOND} lines/s: ${name}`,
    swarm: swarm.map(of),
    hyperswarm: hyperswarm.map(of)
  })
  return [
    row('latency, median, ms', talk => quantile(talk.ages, 0.5)),
    row('latency, 99th percentile, ms', talk => quantile(talk.ages, 0.99)),
    row('CPU per delivery, us', talk => (talk.usage.cpu * 1_000) / talk.delivered),
    row('copies per delivery', talk => talk.copies / talk.delivered),
    row("an author's uploads per line", talk => talk.uploads / talk.lines)
  ]
}

function costRows(
  size: number,
  idle: Record<Side, Usage>,
  footprint: Record<Side, Footprint>
): Row[] {
  const row = (name: string, of: (side: Side) => number): Row => {
    const [swarm, hyperswarm] = SIDES.map(side => [of(side)])
    return { name, swarm: swarm ?? [], hyperswarm: hyperswarm ?? [] }
  }
  const rate = ({ sent, received }: Usage) => (sent + received) / size / (IDLE_MILLIS / 1_000)
  return [
    row('connections per peer', side => footprint[side].connections),
    row('memory per peer, MB', side => footprint[side].memory / size / 1e6),
    row('idle traffic per peer, bytes/s', side => rate(idle[side])),
    row('idle CPU per peer, ms/s', side => idle[side].cpu / size / (IDLE_MILLIS / 1_000))
  ]
}

function quantile(ascending: readonly number[], part: number): number | null {
  return ascending[Math.floor((ascending.length - 1) * part)] ?? null
}
