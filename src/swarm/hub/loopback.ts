import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { SwarmchatError } from '../../base/errors.js'

type Interfaces = NodeJS.Dict<readonly NetworkInterfaceInfo[]>

/** NO_LOOPBACK: this machine cannot be reached from itself. A state, not thrown. */
export const noLoopback = () =>
  new SwarmchatError('NO_LOOPBACK', 'offline: this machine has no loopback interface', {
    hint: 'The local network needs the address 127.0.0.1: ip link set lo up',
    exitCode: 1
  })

/** True where 127.0.0.1 is an address of this machine, or the system does not tell. */
export function hasLoopback(interfaces: () => Interfaces = networkInterfaces): boolean {
  try {
    return Object.values(interfaces())
      .flatMap(infos => infos ?? [])
      .some(({ address }) => address === '127.0.0.1')
  } catch {
    return true
  }
}
