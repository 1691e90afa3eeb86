// Ten rooms in one process, on networks that they share or each on its own.

import { freshIdentity } from '../../src/home/identity.js'
import { Room } from '../../src/room/room.js'
import { Rooms } from '../../src/room/rooms.js'
import type { Address } from '../../src/swarm/dht/types.js'
import type { NetworkSpec } from '../../src/swarm/networks/open.js'
import { now } from '../support/clock.js'
import { serve } from '../support/remote.js'

/** Rooms to open. */
export interface RoomsOrder {
  readonly bootstrap: readonly Address[]
  readonly localPort: number
  readonly shared: boolean
  readonly count: number
}

/** What they cost. */
export interface RoomsCost {
  /** From the first `open` until every room is ready. */
  readonly millis: number
  /** Bytes of the JavaScript heap and of buffers, after a garbage collection. */
  readonly heapBytes: number
  /** Bytes of the process. */
  readonly processBytes: number
}

const used = () => {
  global.gc?.()
  const { external, heapUsed, rss } = process.memoryUsage()
  return { heapBytes: heapUsed + external, processBytes: rss }
}

const api = {
  async open({ bootstrap, count, localPort, shared }: RoomsOrder): Promise<RoomsCost> {
    const lan = { addresses: () => [] }
    const networks: NetworkSpec = { mode: 'auto', localPort, publicBootstrap: bootstrap, lan }
    const rooms = new Rooms({ networks })
    const before = used()
    const start = now()
    const opened = await Promise.all(
      Array.from({ length: count }, (_, at) => {
        const options = { name: `room ${at}`, nick: 'bench', identity: freshIdentity() }
        return shared ? rooms.open(options) : Room.open({ ...options, networks })
      })
    )
    await Promise.all(opened.map(room => room.ready))
    const millis = now() - start
    const after = used()
    return {
      millis,
      heapBytes: after.heapBytes - before.heapBytes,
      processBytes: after.processBytes - before.processBytes
    }
  }
}

export type RoomsApi = typeof api

serve(api)
