// What ten rooms in one process cost, on networks that they share and each on its own: `npx tsx bench/rooms.ts [runs]`. All
// three networks, the public one on a DHT of 20 nodes in a process of its own; every run in a fresh process, taking turns.
import { freePort } from '../test/support/free-port.js'
import type { RoomsApi, RoomsCost } from './child/rooms.js'
import { Remote } from './support/remote.js'
import { summary, table } from './support/stats.js'
import { World } from './support/world.js'

const RUNS = Number(process.argv[2] ?? 7)
const ROOMS = 10
const DHT_NODES = 20
const NETWORKS = 3
const MEBIBYTE = 2 ** 20

async function run(world: World, shared: boolean): Promise<RoomsCost> {
  const child = new Remote<RoomsApi>('rooms.ts')
  const localPort = await freePort()
  const cost = await child.call('open', {
    bootstrap: world.bootstrap,
    shared,
    localPort,
    count: ROOMS
  })
  await child.kill()
  return cost
}

const world = await World.open(DHT_NODES)
const costs = { shared: [] as RoomsCost[], apart: [] as RoomsCost[] }
for (let n = 0; n < RUNS; n++) {
  costs.shared.push(await run(world, true))
  costs.apart.push(await run(world, false))
}
const row = (name: string, nodes: number, of: readonly RoomsCost[]) => [
  name,
  `${nodes}`,
  summary(of.map(({ millis }) => millis)),
  summary(of.map(({ heapBytes }) => heapBytes / MEBIBYTE)),
  summary(of.map(({ processBytes }) => processBytes / MEBIBYTE))
]
console.log(
  table(
    [
      'ten rooms',
      'DHT nodes',
      'ms until all are ready',
      'MiB of heap and buffers',
      'MiB of the process'
    ],
    [
      row('`Rooms`, shared networks', NETWORKS, costs.shared),
      row('`Room.open`, each its own', NETWORKS * ROOMS, costs.apart)
    ]
  )
)
await world.close()
process.exit()
