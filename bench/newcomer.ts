// How long a newcomer waits for the one living member of a room under which dead ones are still announced, as a crash loop
// leaves them: `npx tsx bench/newcomer.ts [runs]`. Whole rooms, on a DHT of 20 nodes in a process of its own.
import { idToBytes } from '../src/base/ids.js'
import { freshIdentity } from '../src/home/identity.js'
import { roomTopic } from '../src/room/keys.js'
import { Room } from '../src/room/room.js'
import { announceGhosts } from './child/ghosts.js'
import { sleep } from './support/clock.js'
import { summary, table } from './support/stats.js'
import { World } from './support/world.js'

const RUNS = Number(process.argv[2] ?? 8)
const DEAD = [0, 20, 60]
const DHT_NODES = 20
/** The living member has done its first lookups by then. */
const SETTLED_MILLIS = 8_000
const PATIENCE_MILLIS = 60_000

async function enter(world: World, name: string, nick: string): Promise<Room> {
  const networks = { mode: 'isolated', bootstrap: world.bootstrap } as const
  return Room.open({ name, nick, identity: freshIdentity(), networks })
}

/** Ms from opening the room until somebody is there; infinite after a minute. */
async function wait(world: World, name: string): Promise<number> {
  const start = performance.now()
  const newcomer = await enter(world, name, 'newcomer')
  const met = new Promise<number>(resolve => {
    newcomer.on('join', () => resolve(performance.now() - start))
  })
  const never = sleep(PATIENCE_MILLIS).then(() => Number.POSITIVE_INFINITY)
  const took = await Promise.race([met, never])
  await newcomer.leave()
  return took
}

async function run(world: World, dead: number, number: number): Promise<number> {
  const name = `newcomer ${dead} ${number}`
  await announceGhosts(world.bootstrap, Buffer.from(idToBytes(roomTopic(name))), dead)
  const living = await enter(world, name, 'living')
  await living.ready
  await sleep(SETTLED_MILLIS)
  const took = await wait(world, name)
  await living.leave()
  return took
}

const world = await World.open(DHT_NODES)
const rows: string[][] = []
for (const dead of DEAD) {
  const times: number[] = []
  for (let number = 0; number < RUNS; number++) times.push(await run(world, dead, number))
  rows.push([`${dead}`, summary(times)])
}
console.log(table(['dead announcements', 'ms until the newcomer knows the living member'], rows))
await world.close()
process.exit()
