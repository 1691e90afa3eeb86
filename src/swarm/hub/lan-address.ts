import { BlockList, isIPv4 } from 'node:net'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

/** An address of this machine on a local network, for instance 192.168.1.20 in 192.168.1.0/24. */
export interface LanAddress {
  readonly host: string
  /** With the length of its network's prefix: 192.168.1.20/24. */
  readonly cidr: string
}

/** Most local networks that are listened on. BOUNDED: this. */
const MAX_LANS = 8

// Private and link-local addresses. Others may be on the internet, where nobody is to be called with a loud voice.
const PRIVATE = new BlockList()
PRIVATE.addSubnet('10.0.0.0', 8)
PRIVATE.addSubnet('172.16.0.0', 12)
PRIVATE.addSubnet('192.168.0.0', 16)
PRIVATE.addSubnet('169.254.0.0', 16)

// Switches inside this machine, and tunnels, which carry no multicast: used where there is nothing else.
const VIRTUAL =
  /^(docker|br-|veth|virbr|vmnet|vboxnet|vnic|lxc|lxd|cni|flannel|podman|tun|tap|utun|wg|zt|ppp|awdl|llw)/

type Interfaces = NodeJS.Dict<readonly NetworkInterfaceInfo[]>

/** This machine's addresses on local networks, real interfaces first; empty where it is on none. */
export function lanAddresses(interfaces: Interfaces = networkInterfaces()): LanAddress[] {
  const all = Object.entries(interfaces).flatMap(([name, infos]) =>
    (infos ?? []).filter(isLan).map(({ address, cidr }) => ({ name, host: address, cidr }))
  )
  return all
    .map(({ name, host, cidr }) => ({ host, cidr: cidr ?? `${host}/32`, rank: rankOf(name, host) }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MAX_LANS)
    .map(({ cidr, host }) => ({ host, cidr }))
}

/** The address of ours that is in the same network as this one; undefined where none is, or it is no IPv4 address. */
export function neighbourOf(host: string, ours: readonly LanAddress[]): LanAddress | undefined {
  if (!isIPv4(host)) return undefined
  return ours.find(({ cidr }) => networkOf(cidr).check(host))
}

function isLan({ address, family, internal }: NetworkInterfaceInfo): boolean {
  return family === 'IPv4' && !internal && PRIVATE.check(address)
}

// An address that a machine gave itself is the last resort.
function rankOf(name: string, host: string): number {
  return (VIRTUAL.test(name) ? 1 : 0) + (host.startsWith('169.254.') ? 2 : 0)
}

function networkOf(cidr: string): BlockList {
  const [host = '', bits] = cidr.split('/')
  const network = new BlockList()
  network.addSubnet(host, Number(bits))
  return network
}
