import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  asksForHubs,
  hubAnnouncement,
  hubQuery,
  readHubs,
  SERVICE
} from '../../../src/swarm/hub/lan-records.js'

const HUB = { generation: '0123456789abcdef', host: '192.168.1.20', port: 28787 }

test('what is announced is read again', () => {
  expect(readHubs(hubAnnouncement(HUB))).toEqual([{ ...HUB, ending: false }])
  expect(readHubs(hubAnnouncement(HUB, true))).toEqual([{ ...HUB, ending: true }])
  expect(asksForHubs(hubQuery())).toBe(true)
})

test('it survives the wire', async () => {
  const { default: packets } = await import('dns-packet' as string)
  const wired = packets.decode(packets.encode(hubAnnouncement(HUB)))
  expect(readHubs(wired)).toEqual([{ ...HUB, ending: false }])
  expect(asksForHubs(packets.decode(packets.encode(hubQuery())))).toBe(true)
})

test('nothing is told but a random name, an address and a port', () => {
  expect(JSON.stringify(hubAnnouncement(HUB))).toMatchInlineSnapshot(
    `"{"type":"response","answers":[{"name":"_swarmchat._tcp.local","type":"PTR","ttl":120,"data":"0123456789abcdef._swarmchat._tcp.local"}],"additionals":[{"name":"0123456789abcdef._swarmchat._tcp.local","type":"SRV","ttl":120,"flush":true,"data":{"priority":0,"weight":0,"port":28787,"target":"0123456789abcdef.local"}},{"name":"0123456789abcdef._swarmchat._tcp.local","type":"TXT","ttl":120,"flush":true,"data":["v=1"]},{"name":"0123456789abcdef.local","type":"A","ttl":120,"flush":true,"data":"192.168.1.20"}]}"`
  )
})

const junk = fc.anything({ maxDepth: 4 })
const record = fc.record(
  {
    name: fc.constantFrom(SERVICE, `${HUB.generation}.${SERVICE}`, `${HUB.generation}.local`, ''),
    type: fc.constantFrom<unknown>('PTR', 'SRV', 'TXT', 'A', 7, null),
    ttl: junk,
    data: fc.oneof(junk, fc.record({ port: junk, target: fc.constant(`${HUB.generation}.local`) }))
  },
  { requiredKeys: [] }
)
const records = fc.oneof(fc.array(fc.oneof(record, junk)), junk)
const packet = fc.record({
  type: fc.constantFrom('response', 'query'),
  questions: records,
  answers: records,
  additionals: records
})

test('junk never throws, and what is read of it is well-formed', () => {
  fc.assert(
    fc.property(fc.oneof(packet, junk), strange => {
      asksForHubs(strange)
      for (const { generation, host, port } of readHubs(strange)) {
        expect(generation).toMatch(/^[0-9a-f]{16}$/)
        expect(host).toMatch(/^[0-9.]+$/)
        expect(port).toBeGreaterThan(0)
      }
    }),
    { numRuns: 2_000 }
  )
})

test('packets full of records are read up to a limit', () => {
  const [srv, , a] = hubAnnouncement(HUB).type === 'response' ? additionals() : []
  const full = { type: 'response', answers: Array(100_000).fill(srv), additionals: [a] }
  expect(readHubs(full)).toHaveLength(64)
})

function additionals() {
  const packet = hubAnnouncement(HUB)
  return packet.type === 'response' ? packet.additionals : []
}
