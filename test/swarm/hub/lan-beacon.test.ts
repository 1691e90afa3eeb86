import { expect, test } from 'vitest'
import { lanAddresses } from '../../../src/swarm/hub/lan-address.js'
import { Beacon } from '../../../src/swarm/hub/lan-beacon.js'
import { type DnsPacket, hubAnnouncement } from '../../../src/swarm/hub/lan-records.js'

const PORT = 28_787
const lans = lanAddresses({
  eth0: [
    {
      address: '192.168.1.20',
      netmask: '255.255.255.0',
      family: 'IPv4',
      mac: '00:00:00:00:00:00',
      internal: false,
      cidr: '192.168.1.20/24'
    }
  ]
})

/** A hub of a neighbour's. */
function hub(n: number, port = PORT) {
  return {
    generation: n.toString(16).padStart(16, '0'),
    host: `192.168.1.${100 + (n % 100)}`,
    port
  }
}

/** A beacon, and what makes it hear a packet. */
async function beacon() {
  let say: (packet: DnsPacket) => void = () => {}
  const open = async (_: readonly string[], hear: (packet: unknown) => void) => {
    say = hear
    return { send: () => {}, close: () => {} }
  }
  const made = new Beacon({ port: PORT, lans, open })
  await Promise.resolve()
  return { made, say: (packet: DnsPacket) => say(packet) }
}

/** What a search finds that hears these packets, all at once. */
async function found(packets: readonly DnsPacket[], waits = 600_000) {
  const { made, say } = await beacon()
  const searching = made.search(waits, new AbortController().signal)
  for (const packet of packets) say(packet)
  const sightings = await searching
  await made.close()
  return sightings
}

test('a search hears of 16 hubs at most, however many say that they are one', async () => {
  const packets = Array.from({ length: 1_000 }, (_, n) => hubAnnouncement(hub(n)))
  expect(await found(packets)).toHaveLength(16)
})

test('a hub that says goodbye, one of another world, and one that is no neighbour are not joined', async () => {
  const packets = [
    hubAnnouncement(hub(1), true),
    hubAnnouncement(hub(2, PORT + 1)),
    hubAnnouncement({ ...hub(3), host: '203.0.113.4' })
  ]
  expect(await found([...packets, hubAnnouncement(hub(4))])).toMatchObject([hub(4)])
  expect(await found(packets, 1)).toEqual([])
})
