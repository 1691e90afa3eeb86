import { availableParallelism } from 'node:os'
import type { Side } from '../child/contestant.js'
import { Group } from '../support/group.js'
import { type Mesh, meshOf } from '../support/mesh.js'
import {
  deadlines,
  interleaved,
  type Row,
  type Scale,
  type Section,
  staggered,
  type Table
} from '../support/section.js'
import type { World } from '../support/world.js'

const DELAY_MILLIS = 25
const APART_MILLIS = 50
/** Peers share so many processes. */
const PROCESSES = 8

interface Setting {
  readonly delay: number
  readonly apart: number
}

const SETTINGS: readonly Setting[] = [
  { delay: DELAY_MILLIS, apart: 0 },
  { delay: DELAY_MILLIS, apart: APART_MILLIS },
  { delay: 0, apart: 0 },
  { delay: 0, apart: APART_MILLIS }
]

interface Crowd {
  readonly size: number
  /** Its share of the time. */
  readonly weight: number
  /** True: joins one after another only where the whole benchmark is asked for. */
  readonly large?: boolean
  /** Small crowds are made beforehand and start so many ms after one another, whether the last one has ended or not. */
  readonly stagger?: number
}

const CROWDS: readonly Crowd[] = [
  { size: 2, weight: 1, stagger: 150 },
  { size: 8, weight: 2, stagger: 500 },
  { size: 16, weight: 3 },
  { size: 32, weight: 4 },
  { size: 64, weight: 6, large: true }
]

/** Section 2: many join at the same moment, or one soon after the other. */
export const crowd: Section = {
  name: 'crowd',
  seconds: 80,
  title: '2. N peers join at once, and 50 ms apart',
  async run(world, scale) {
    const seconds = scale.seconds / SETTINGS.length
    const tables: Table[] = []
    for (const setting of SETTINGS) tables.push(await gather(world, setting, { ...scale, seconds }))
    await world.setDelay(0)
    return { tables, notes: notes(scale) }
  }
}

async function gather(world: World, setting: Setting, scale: Scale): Promise<Table> {
  await world.setDelay(setting.delay)
  const crowds = CROWDS.filter(({ large }) => scale.full || !large || setting.apart === 0)
  const ends = deadlines(
    scale.seconds,
    crowds.map(({ weight }) => weight)
  )
  const rows: Row[] = []
  for (const [index, crowd] of crowds.entries()) {
    rows.push(...rowsOf(crowd.size, await compare(world, crowd, setting, scale, ends[index])))
  }
  return { caption: captionOf(setting), unit: '', rows }
}

async function compare(
  world: World,
  crowd: Crowd,
  setting: Setting,
  scale: Scale,
  deadline?: number
) {
  const { pairs } = scale
  const hosts = await world.hosts(PROCESSES)
  const create = (side: Side) =>
    Group.create(world, hosts, { side, reach: 'open', size: crowd.size })
  const { stagger } = crowd
  if (stagger === undefined) {
    return interleaved(pairs, async side => meet(await create(side), setting, scale), deadline)
  }
  const groups = await staggered(pairs, 0, create)
  return staggered(pairs, stagger, (side, index) => meet(groups[side][index], setting, scale))
}

async function meet(group: Group | undefined, { apart }: Setting, scale: Scale): Promise<Mesh> {
  if (group === undefined) throw new RangeError('a group for every run')
  await group.join(apart)
  await group.settled(scale.patience)
  const logs = await group.logs()
  await group.destroy()
  return meshOf(logs)
}

function captionOf({ delay, apart }: Setting): string {
  const network = delay === 0 ? 'Loopback' : `${delay} ms one way`
  return `**${network}, ${apart === 0 ? 'at once' : `${apart} ms apart`}**`
}

function rowsOf(size: number, { swarm, hyperswarm }: Record<Side, Mesh[]>): Row[] {
  const row = (name: string, of: (mesh: Mesh) => number | null): Row => ({
    name: `N = ${size}: ${name}`,
    swarm: swarm.map(of),
    hyperswarm: hyperswarm.map(of)
  })
  return [
    row('one component, ms', mesh => mesh.oneComponent),
    row('every pair, ms', mesh => mesh.everyPair),
    row(`pairs missing of ${(size * (size - 1)) / 2}`, mesh => mesh.missingPairs),
    row('dials per pair', mesh => mesh.dialsPerPair)
  ]
}

function notes({ patience }: Scale): string[] {
  return [
    'Times since the last one joined; a pair counts as connected when both sides have the connection. Open addresses.',
    `Missing pairs are waited for ${patience / 1_000} s. A Hyperswarm crowd in which nobody is being dialled, is queued or waits to be dialled again is not waited for any longer: it looks again after 10 to 12 minutes.`,
    `The peers share ${PROCESSES} processes on ${availableParallelism()} cores: from N = 32 on, the CPU time of handshakes decides. Runs of 2 and 8 overlap.`
  ]
}
