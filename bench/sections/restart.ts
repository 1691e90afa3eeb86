import type { Side } from '../child/contestant.js'
import type { Met } from '../child/peers.js'
import { now, sleep } from '../support/clock.js'
import { interleaved, type Row, type Section, staggered } from '../support/section.js'
import { type Host, newTopic, type World } from '../support/world.js'

/** Peers that stay, per topic. */
const SURVIVORS = 3
/** The slowest of both notices a dead peer after 16.5 s. */
const NOTICE_MILLIS = 20_000
const RECONNECT_MILLIS = 5_000
const STAGGER_MILLIS = 200
const POLL_MILLIS = 250
const DELAY_MILLIS = 25
const SIDES = ['swarm', 'hyperswarm'] as const

/** A topic with survivors in a shared process and one peer, the victim, in a process that is killed. */
interface Scene {
  readonly group: number
  readonly side: Side
  readonly topic: string
  readonly seed: string
  readonly victim: string
  /** Whom the victim was connected to, and where. */
  readonly met: readonly Met[]
}

/** Section 4: SIGKILL of a process, until the others notice; and until a new one with the same key is connected. */
export const restart: Section = {
  name: 'restart',
  seconds: 30,
  title: '4. SIGKILL of a peer',
  async run(world, { pairs }) {
    const [survivors] = (await world.hosts(1)) as [Host]
    const silent = kill(world, survivors, pairs)
    const noticed = silent.then(scenes => notice(survivors, scenes))
    await silent
    const again = await comeBack(world, survivors, pairs)
    await world.setDelay(DELAY_MILLIS)
    const far = await comeBack(world, survivors, pairs)
    const remembering = await comeBack(world, survivors, pairs, true)
    await world.setDelay(0)
    const name = `the same, ${DELAY_MILLIS} ms one way`
    const rows = [
      again,
      { ...far, name },
      { ...remembering, name: `${name}, Swarm dials where it met them` }
    ]
    return {
      tables: [{ unit: 'ms', rows: [...(await noticed), ...rows] }],
      notes: [
        `Loopback, open addresses, ${SURVIVORS} idle survivors per topic; all victims of a side are peers of one process.`,
        'The new peer has the key of the killed one; it joins in a process that is running already, so that the start of a process (about 0.15 s for either) is left out.'
      ]
    }
  }
}

// Everything is set up and the victims are killed; the others have not noticed yet.
async function kill(world: World, survivors: Host, pairs: number) {
  const hosts = { swarm: await world.host(), hyperswarm: await world.host() }
  const scenes = await interleaved(pairs, side => arrange(world, survivors, hosts[side], side))
  const killedAt = now()
  await Promise.all(SIDES.map(side => hosts[side].kill()))
  return { scenes, killedAt }
}

async function arrange(world: World, survivors: Host, host: Host, side: Side): Promise<Scene> {
  const [group, topic, seed] = [world.newGroup(), newTopic(), newTopic()]
  const order = { group, side, reach: 'open' as const }
  await survivors.call('create', { ...order, count: SURVIVORS })
  await survivors.call('join', { group, topic })
  await survivors.call('flushed', group)
  const [victim = ''] = await host.call('create', { ...order, count: 1, seed })
  await host.call('join', { group, topic })
  await connected(host, group)
  const met = await host.call('whereabouts', group)
  return { group, side, topic, seed, victim, met }
}

async function connected(host: Host, group: number): Promise<void> {
  const end = now() + RECONNECT_MILLIS
  while (now() < end && (await host.call('progress', group)).degrees < SURVIVORS) {
    await sleep(POLL_MILLIS / 10)
  }
}

type Killed = Awaited<ReturnType<typeof kill>>

async function notice(survivors: Host, { scenes, killedAt }: Killed): Promise<Row[]> {
  const all = [...scenes.swarm, ...scenes.hyperswarm]
  while (now() < killedAt + NOTICE_MILLIS) {
    const open = await Promise.all(all.map(({ group }) => survivors.call('progress', group)))
    if (open.every(({ degrees }) => degrees === SURVIVORS * (SURVIVORS - 1))) break
    await sleep(POLL_MILLIS)
  }
  const closings = async (scene: Scene) => {
    const logs = await survivors.call('logs', scene.group)
    await survivors.call('destroy', scene.group)
    return logs.map(log => {
      const last = log.links.findLast(({ peer }) => peer === scene.victim)
      return last === undefined || last.up ? null : last.at - killedAt
    })
  }
  const [swarm, hyperswarm] = await Promise.all(
    SIDES.map(async side => (await Promise.all(scenes[side].map(closings))).flat())
  )
  return [
    { name: "SIGKILL to 'close', each survivor", swarm: swarm ?? [], hyperswarm: hyperswarm ?? [] }
  ]
}

async function comeBack(
  world: World,
  survivors: Host,
  pairs: number,
  remembers = false
): Promise<Row> {
  const { scenes } = await kill(world, survivors, pairs)
  const [, spare] = (await world.hosts(2)) as [Host, Host]
  const row = await staggered(pairs, STAGGER_MILLIS, async (side, index) => {
    const scene = scenes[side][index]
    if (scene === undefined) throw new RangeError('a scene for every run')
    return rejoin(survivors, spare, remembers ? scene : { ...scene, met: [] })
  })
  return { name: 'its successor made, until the last survivor is connected to it', ...row }
}

async function rejoin(survivors: Host, spare: Host, scene: Scene): Promise<number | null> {
  const { group, met, seed, side, topic, victim } = scene
  const start = now()
  await spare.call('create', { group, side, reach: 'open', count: 1, cold: true, seed })
  await spare.call('dialAt', { group, met })
  await spare.call('join', { group, topic })
  await connected(spare, group)
  await sleep(POLL_MILLIS)
  const logs = await survivors.call('logs', group)
  await Promise.all([survivors, spare].map(host => host.call('destroy', group)))
  const ups = logs.map(({ links }) =>
    links.find(({ at, peer, up }) => up && peer === victim && at > start)
  )
  const times = ups.map(up => (up === undefined ? null : up.at - start))
  return times.includes(null) ? null : Math.max(...times.filter(at => at !== null))
}
