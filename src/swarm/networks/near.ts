import { isLoopback } from './addresses.js'
import type { Network } from './network.js'

/** True where everybody reaches everybody: within a machine, or a LAN. */
export function isNear({ name }: Pick<Network, 'name'>): boolean {
  return name === 'local' || name === 'lan'
}

/** True where whoever lives answers within milliseconds, unless it is busy: as above, or where our node is on loopback. */
export function answersAtOnce(network: Network): boolean {
  if (isNear(network)) return true
  const own = network.dht.remoteAddress()
  return own !== null && isLoopback(own)
}
