import { isIPv4 } from 'node:net'

/** A hub that somebody announced. Nothing of it is proved. */
export interface Sighting {
  /** The hub's random name: 16 hex digits, new for every hub. */
  readonly generation: string
  readonly host: string
  readonly port: number
  /** It says that it is going. */
  readonly ending: boolean
}

/** What is told of a hub. Nothing else goes into a record: no name of a room, a person or a machine, and no topic. */
export interface Announcement {
  readonly generation: string
  readonly host: string
  readonly port: number
}

/** A DNS record as multicast-dns takes it. */
interface DnsRecord {
  readonly name: string
  readonly type: 'PTR' | 'SRV' | 'TXT' | 'A'
  readonly ttl: number
  readonly flush?: boolean
  readonly data: unknown
}

/** A DNS packet as multicast-dns takes it. */
export type DnsPacket =
  | {
      readonly type: 'query'
      readonly questions: readonly { readonly name: string; readonly type: 'PTR' }[]
    }
  | {
      readonly type: 'response'
      readonly answers: readonly DnsRecord[]
      readonly additionals: readonly DnsRecord[]
    }

/** The DNS-SD name of our service. */
export const SERVICE = '_swarmchat._tcp.local'
const HUB = /^([0-9a-f]{16})\._swarmchat\._tcp\.local$/
/** Seconds that a record is good for (RFC 6762, host names). */
const TTL_SECONDS = 120
/** Most records of one packet that are looked at. BOUNDED: this. */
const MAX_RECORDS = 64

/** "Who is a hub here?" */
export function hubQuery(): DnsPacket {
  return { type: 'query', questions: [{ name: SERVICE, type: 'PTR' }] }
}

/** "I am a hub, there"; or with `ending`: not any more. */
export function hubAnnouncement(hub: Announcement, ending = false): DnsPacket {
  const instance = `${hub.generation}.${SERVICE}`
  const target = `${hub.generation}.local`
  const ttl = ending ? 0 : TTL_SECONDS
  const srv = { priority: 0, weight: 0, port: hub.port, target }
  return {
    type: 'response',
    answers: [{ name: SERVICE, type: 'PTR', ttl, data: instance }],
    additionals: [
      { name: instance, type: 'SRV', ttl, flush: true, data: srv },
      { name: instance, type: 'TXT', ttl, flush: true, data: ['v=1'] },
      { name: target, type: 'A', ttl, flush: true, data: hub.host }
    ]
  }
}

/** Whether a packet, of whomever, asks for hubs. Never throws. */
export function asksForHubs(packet: unknown): boolean {
  if (field(packet, 'type') !== 'query') return false
  return list(packet, 'questions').some(question => {
    const type = field(question, 'type')
    return nameOf(question) === SERVICE && (type === 'PTR' || type === 'ANY')
  })
}

/** The hubs that a packet, of whomever, tells of; whatever else is in it is passed over. Never throws. */
export function readHubs(packet: unknown): Sighting[] {
  if (field(packet, 'type') !== 'response') return []
  const records = [...list(packet, 'answers'), ...list(packet, 'additionals')]
  return records.flatMap(record => readHub(record, records) ?? [])
}

function readHub(record: unknown, records: readonly unknown[]): Sighting | undefined {
  const generation = HUB.exec(nameOf(record))?.[1]
  if (generation === undefined || field(record, 'type') !== 'SRV') return undefined
  const data = field(record, 'data')
  const [port, target] = [field(data, 'port'), field(data, 'target')]
  const host = addressOf(target, records)
  if (host === undefined || !isPort(port)) return undefined
  return { generation, host, port, ending: field(record, 'ttl') === 0 }
}

function addressOf(target: unknown, records: readonly unknown[]): string | undefined {
  if (typeof target !== 'string') return undefined
  const name = target.toLowerCase()
  const found = records.find(record => field(record, 'type') === 'A' && nameOf(record) === name)
  const host = field(found, 'data')
  return typeof host === 'string' && isIPv4(host) ? host : undefined
}

function isPort(port: unknown): port is number {
  return typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65535
}

function nameOf(record: unknown): string {
  const name = field(record, 'name')
  return typeof name === 'string' ? name.toLowerCase() : ''
}

function list(packet: unknown, name: string): unknown[] {
  const value = field(packet, name)
  return Array.isArray(value) ? value.slice(0, MAX_RECORDS) : []
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as Record<string, unknown>)[name]
}
