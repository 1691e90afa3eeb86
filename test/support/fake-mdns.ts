import type { DnsPacket } from '../../src/swarm/hub/lan-records.js'
import type { OpenMdns } from '../../src/swarm/hub/mdns.js'

/** A local network for multicast DNS inside the process: nothing is sent anywhere. */
export class FakeLan {
  /** Every packet so far. */
  readonly packets: DnsPacket[] = []
  readonly #ears = new Set<(packet: unknown) => void>()

  readonly open: OpenMdns = async (_addresses, onpacket) => {
    this.#ears.add(onpacket)
    return {
      send: packet => {
        this.packets.push(packet)
        this.say(packet)
      },
      close: () => void this.#ears.delete(onpacket)
    }
  }

  /** Somebody says this, whatever it is, to everybody. */
  say(packet: unknown): void {
    for (const ear of this.#ears) setImmediate(ear, packet)
  }
}
