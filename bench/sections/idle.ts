import type { Side } from '../child/contestant.js'
import { type Usage, usedBetween } from '../child/usage.js'
import { now, sleep } from '../support/clock.js'
import type { Row, Scale, Section } from '../support/section.js'
import { type Host, newTopic, type World } from '../support/world.js'

/** Peers per process, in one topic, each connected to each. */
const PEERS = 8
/** Processes per side. */
const PROCESSES = 3
/** Idling begins so long after the first join: by then Swarm has looked up for the last time. */
const FIRST_MILLIS = 60_000
const IDLE_MILLIS = 60_000
const FULL_IDLE_MILLIS = 180_000
const APART_MILLIS = 200
const HOUR_MILLIS = 3_600_000
const SIDES = ['swarm', 'hyperswarm'] as const

/** What the peers of one process used together. */
interface Life {
  readonly firstMinute: Usage
  readonly idle: Usage
  readonly connections: number
}

/** Sections 5 and 6: what a peer costs that does nothing. */
export const idle: Section = {
  name: 'idle',
  seconds: 120,
  title: '5 and 6. What a peer costs: its first minute, then idling',
  background: true,
  async run(world, scale) {
    const idling = idlingOf(scale)
    const all = Array.from({ length: PROCESSES * SIDES.length }, (_, index) =>
      live(world, SIDES[index % SIDES.length] ?? 'swarm', idling)
    )
    return {
      tables: [{ unit: 'per peer', rows: rowsOf(await Promise.all(all), idling) }],
      notes: notes(idling)
    }
  }
}

const idlingOf = ({ full }: Scale) => (full ? FULL_IDLE_MILLIS : IDLE_MILLIS)

async function live(world: World, side: Side, idling: number): Promise<Life & { side: Side }> {
  const host = await world.host()
  const group = world.newGroup()
  const start = now()
  const fresh = await host.call('usage', group)
  await joinAll(host, group, side)
  await sleep(start + FIRST_MILLIS - now())
  const settled = await host.call('usage', group)
  await sleep(idling)
  const end = await host.call('usage', group)
  const { degrees } = await host.call('progress', group)
  await host.kill()
  return {
    side,
    firstMinute: usedBetween(fresh, settled),
    idle: usedBetween(settled, end),
    connections: degrees
  }
}

async function joinAll(host: Host, group: number, side: Side): Promise<void> {
  await host.call('create', { group, side, reach: 'open', count: PEERS })
  const start = now()
  const at = Array.from({ length: PEERS }, (_, turn) => start + turn * APART_MILLIS)
  await host.call('join', { group, topic: newTopic(), at })
}

function rowsOf(lives: readonly (Life & { side: Side })[], idling: number): Row[] {
  const row = (name: string, of: (life: Life) => number): Row => {
    const values = (side: Side) => lives.filter(life => life.side === side).map(l => of(l) / PEERS)
    return { name, swarm: values('swarm'), hyperswarm: values('hyperswarm') }
  }
  const hourly = (of: (usage: Usage) => number) => (life: Life) =>
    (of(life.idle) * HOUR_MILLIS) / idling
  const kilobytes = ({ sent, received }: Usage) => (sent + received) / 1_000
  return [
    row('connections', life => life.connections),
    row('first minute: DHT requests but pings', l => l.firstMinute.requests - l.firstMinute.pings),
    row('first minute: pings of hyperdht', life => life.firstMinute.pings),
    row('first minute: kB sent and received', life => kilobytes(life.firstMinute)),
    row('first minute: CPU, ms', life => life.firstMinute.cpu),
    row(
      'an hour of idling: DHT requests but pings',
      hourly(u => u.requests - u.pings)
    ),
    row(
      'an hour of idling: pings of hyperdht',
      hourly(usage => usage.pings)
    ),
    row('an hour of idling: kB sent and received', hourly(kilobytes)),
    row(
      'an hour of idling: CPU, s',
      hourly(usage => usage.cpu / 1_000)
    ),
    row('memory, MB', life => life.firstMinute.memory / 1e6)
  ]
}

function notes(idling: number): string[] {
  return [
    `${PROCESSES} processes of ${PEERS} peers on either side; the hour is ${idling / 1_000} s, extrapolated, without the refresh of the announcement that either makes every 10 to 12 minutes.`,
    'Bytes are UDP payload of all sockets: DHT, handshakes and streams. Memory is the heap of JavaScript and buffers, over the same process before it made the peers.',
    'Runs beside the other sections, on loopback.'
  ]
}
