import type { DnsPacket } from './lan-records.js'

/** Packets to and from everybody on the local networks. Its loss of a packet, or of all of them, is no error. */
export interface Mdns {
  /** Sends this from the interface with this address. */
  send(packet: DnsPacket, from: string): void
  close(): void
}

/**
 * Begins to hear what others on the networks of these addresses of ours say. `onpacket` gets whatever can be read as
 * DNS, from whomever: nothing of it is to be trusted.
 */
export type OpenMdns = (
  addresses: readonly string[],
  onpacket: (packet: unknown) => void
) => Promise<Mdns>

/** Multicast DNS (RFC 6762) on UDP port 5353, which is shared with the system's own. Loaded when it is used first. */
export const openMdns: OpenMdns = async (addresses, onpacket) => {
  const { default: multicastDns } = await import('multicast-dns')
  const ports = new Map(addresses.map(address => [address, openPort(multicastDns, address)])) // BOUNDED: addresses
  for (const port of ports.values()) port.on('packet', onpacket)
  return {
    send: (packet, from) => ports.get(from)?.send(packet, ignore),
    close: () => {
      for (const port of ports.values()) port.destroy()
    }
  }
}

/** What we use of multicast-dns, which ships no types. */
interface MulticastDns {
  on(event: 'packet', listener: (packet: unknown) => void): void
  on(event: 'error' | 'warning', listener: (error: Error) => void): void
  send(packet: DnsPacket, done: (error?: Error) => void): void
  destroy(): void
}

type OpenPort = (options: object) => MulticastDns

// A socket per interface: one that is bound to an interface's address hears no multicast, and one for all of them
// speaks on one only.
function openPort(open: OpenPort, address: string): MulticastDns {
  const port = open({ interface: address, bind: '0.0.0.0', reuseAddr: true })
  port.on('error', ignore)
  port.on('warning', ignore)
  return port
}

// Without multicast there are no others to be found: that is what a person sees.
function ignore(): void {}
