import type { Reach, Side } from '../child/contestant.js'
import { deadlines, interleaved, type Row, type Section } from '../support/section.js'
import { type Host, newTopic, type World } from '../support/world.js'

/** A second peer that has met nobody by then has missed the first. */
const PATIENCE_MILLIS = 5_000
const DELAY_MILLIS = 25

interface Setting {
  readonly reach: Reach
  readonly delay: number
  /** True: the second peer's node is made with the join. */
  readonly cold: boolean
}

const SETTINGS: readonly Setting[] = [
  { reach: 'open', delay: DELAY_MILLIS, cold: false },
  { reach: 'nat', delay: DELAY_MILLIS, cold: false },
  { reach: 'open', delay: DELAY_MILLIS, cold: true },
  { reach: 'open', delay: 0, cold: false },
  { reach: 'nat', delay: 0, cold: false }
]

/** Section 1: the second peer's `join` to its first connection. The first one announced long before. */
export const join: Section = {
  name: 'join',
  seconds: 45,
  title: "1. A second peer's `join` to its first connection",
  async run(world, { pairs, seconds }) {
    await world.hosts(2)
    const ends = deadlines(
      seconds,
      SETTINGS.map(({ delay }) => (delay === 0 ? 1 : 3))
    )
    const rows: Row[] = []
    for (const [index, setting] of SETTINGS.entries()) {
      await world.setDelay(setting.delay)
      rows.push(await compare(world, setting, pairs, ends[index]))
    }
    await world.setDelay(0)
    return {
      tables: [{ unit: 'ms', rows }],
      notes: [
        'Hyperswarm tells of a connection when its own side has opened, Swarm when the other side has been heard on it.'
      ]
    }
  }
}

/** Two peers that are to meet, the first one waiting. */
interface Meeting {
  readonly group: number
  readonly topic: string
}

async function compare(
  world: World,
  setting: Setting,
  pairs: number,
  deadline?: number
): Promise<Row> {
  const [first, second] = (await world.hosts(2)) as [Host, Host]
  const prepare = (): Meeting[] =>
    Array.from({ length: pairs }, () => ({ group: world.newGroup(), topic: newTopic() }))
  const meetings = { swarm: prepare(), hyperswarm: prepare() }
  const all = (['swarm', 'hyperswarm'] as const).flatMap(side =>
    meetings[side].map(meeting => ({ ...meeting, side }))
  )
  await Promise.all(all.map(meeting => announce(first, meeting, setting)))
  if (!setting.cold) await Promise.all(all.map(meeting => create(second, meeting, setting)))
  const run = (side: Side, index: number) =>
    meet(second, { ...(meetings[side][index] as Meeting), side }, setting)
  const times = await interleaved(pairs, run, deadline)
  await Promise.all(all.flatMap(({ group }) => [first, second].map(h => h.call('destroy', group))))
  return { name: nameOf(setting), ...times }
}

function nameOf({ reach, delay, cold }: Setting): string {
  const network = delay === 0 ? 'loopback' : `${delay} ms one way`
  return `${network}, ${reach === 'nat' ? 'NAT' : 'open'}${cold ? ', node made with the join' : ''}`
}

type Sided = Meeting & { readonly side: Side }

function create(host: Host, { group, side }: Sided, { reach, cold }: Setting): Promise<string[]> {
  return host.call('create', { group, side, reach, count: 1, cold })
}

async function announce(host: Host, meeting: Sided, setting: Setting): Promise<void> {
  await create(host, meeting, { ...setting, cold: false })
  await host.call('join', meeting)
  await host.call('flushed', meeting.group)
}

async function meet(host: Host, meeting: Sided, setting: Setting): Promise<number | null> {
  if (setting.cold) await create(host, meeting, setting)
  await host.call('join', meeting)
  return host.call('met', { group: meeting.group, patience: PATIENCE_MILLIS })
}
