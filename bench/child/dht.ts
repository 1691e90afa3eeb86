// The DHT of the benchmark: persistent nodes on loopback, in a process of their own.
import type { Address } from '../../src/swarm/dht/types.js'
import { createTestnet } from '../../test/support/testnet.js'
import { serve } from '../support/remote.js'
import { setDelay } from './udx.js'

const api = {
  /** Starts so many nodes; where to find them. */
  async start(count: number): Promise<readonly Address[]> {
    const { bootstrap } = await createTestnet(count)
    return bootstrap
  },
  setDelay
}

export type DhtApi = typeof api

serve(api)
