import type { Side } from '../child/contestant.js'
import type { PeerLog } from '../child/peer.js'
import { now, sleep } from '../support/clock.js'
import type { Findings, Row, Scale, Section } from '../support/section.js'
import { type Host, newTopic, type World } from '../support/world.js'

const DELAY_MILLIS = 25
/** Runs overlap, for they mostly wait for the dead: a newcomer comes this often, of both sides in turns. */
const STAGGER_MILLIS = 200
const SIDES = ['swarm', 'hyperswarm'] as const

interface Setting {
  readonly name: string
  readonly living: number
  readonly ghosts: number
}

const SETTINGS: readonly Setting[] = [
  { name: '4 living, no ghosts', living: 4, ghosts: 0 },
  { name: '4 living, 4 ghosts (50 %)', living: 4, ghosts: 4 },
  { name: '2 living, 18 ghosts (90 %)', living: 2, ghosts: 18 },
  { name: '1 living, 13 ghosts', living: 1, ghosts: 13 }
]

/** A topic, and which keys under it are dead. */
interface Scene {
  readonly setting: Setting
  readonly side: Side
  readonly topic: string
  readonly dead: ReadonlySet<string>
}

/** How one newcomer fared. */
interface Outcome {
  readonly scene: Scene
  readonly firstLiving: number | null
  readonly allLiving: number | null
  /** Dials of the newcomer, and of the living to it, per living peer that it met. */
  readonly dialsToLiving: number | null
  readonly dials: number | null
}

/** Section 3: a newcomer among records of peers that crashed. */
export const ghosts: Section = {
  name: 'ghosts',
  seconds: 40,
  title: '3. Ghosts: a newcomer to a topic under which crashed peers are still announced',
  async run(world, scale) {
    const scenes = await setScenes(world, scale.pairs)
    await world.setDelay(DELAY_MILLIS)
    const outcomes = await Promise.all(
      scenes.map(async (scene, slot) => {
        await sleep(slot * STAGGER_MILLIS)
        return observe(world, scene, scale.patience)
      })
    )
    await world.setDelay(0)
    return findings(outcomes, scale)
  }
}

// The pairs of all settings in one queue, the two sides in turns.
async function setScenes(world: World, pairs: number): Promise<Scene[]> {
  const wanted = Array.from({ length: pairs }).flatMap(() =>
    SETTINGS.flatMap(setting => SIDES.map(side => ({ setting, side, topic: newTopic() })))
  )
  const [graveyard] = (await world.hosts(1)) as [Host]
  return Promise.all(
    wanted.map(async ({ setting, side, topic }) => {
      const dead = await graveyard.call('ghosts', { topic, count: setting.ghosts })
      return { setting, side, topic, dead: new Set(dead) }
    })
  )
}

async function observe(world: World, scene: Scene, patience: number): Promise<Outcome> {
  const [residents, newcomers] = (await world.hosts(2)) as [Host, Host]
  const { setting, side, topic } = scene
  const group = world.newGroup()
  const order = { group, side, reach: 'open' as const }
  const alive = await residents.call('create', { ...order, count: setting.living })
  await residents.call('join', { group, topic })
  await residents.call('flushed', group)
  await newcomers.call('create', { ...order, count: 1 })
  await newcomers.call('join', { group, topic })
  await settled(newcomers, group, setting.living, patience)
  const [newcomer] = await newcomers.call('logs', group)
  const logs = await residents.call('logs', group)
  await Promise.all([residents.call('destroy', group), newcomers.call('destroy', group)])
  if (newcomer === undefined) throw new Error('the newcomer has gone')
  return judge(scene, newcomer, logs, alive)
}

async function settled(host: Host, group: number, living: number, patience: number): Promise<void> {
  const end = now() + patience
  while (now() < end) {
    const { degrees } = await host.call('progress', group)
    if (degrees >= living) return
    await sleep(100)
  }
}

function judge(
  scene: Scene,
  newcomer: PeerLog,
  logs: readonly PeerLog[],
  alive: readonly string[]
): Outcome {
  const firsts = alive.map(key => firstAt(newcomer, key)).filter(at => at !== null)
  const fromLiving = logs.flatMap(log => log.dials).filter(({ peer }) => peer === newcomer.key)
  const toDead = newcomer.dials.filter(({ peer }) => scene.dead.has(peer)).length
  const dials = newcomer.dials.length + fromLiving.length
  const per = (count: number) => (firsts.length === 0 ? null : count / firsts.length)
  return {
    scene,
    firstLiving: firsts.length === 0 ? null : Math.min(...firsts),
    allLiving: firsts.length < alive.length ? null : Math.max(...firsts),
    dialsToLiving: per(dials - toDead),
    dials: per(dials)
  }
}

function firstAt({ joinedAt, links }: PeerLog, key: string): number | null {
  const link = links.find(({ peer, up }) => up && peer === key)
  return link === undefined ? null : link.at - joinedAt
}

function findings(outcomes: readonly Outcome[], { patience }: Scale): Findings {
  const rows = (of: (outcome: Outcome) => number | null): Row[] =>
    SETTINGS.map(setting => {
      const [swarm, hyperswarm] = SIDES.map(side =>
        outcomes.filter(o => o.scene.setting === setting && o.scene.side === side).map(of)
      )
      return { name: setting.name, swarm: swarm ?? [], hyperswarm: hyperswarm ?? [] }
    })
  return {
    tables: [
      { caption: 'First living peer', unit: 'ms', rows: rows(o => o.firstLiving) },
      { caption: 'Every living peer', unit: 'ms', rows: rows(o => o.allLiving) },
      {
        caption: 'Dials between the newcomer and the living, per living peer met',
        unit: 'dials',
        rows: rows(o => o.dialsToLiving)
      },
      {
        caption:
          'The same with its dials to the dead, until it had met everybody or the time was up',
        unit: 'dials',
        rows: rows(o => o.dials)
      }
    ],
    notes: [
      `25 ms one way, open addresses. Who met nobody within ${patience / 1_000} s counts as never.`,
      `Runs overlap, one newcomer every ${STAGGER_MILLIS} ms, of both sides in turns: most of the time they wait for the dead.`
    ]
  }
}
