import { expect, test } from 'vitest'
import type { PeerKey } from '../../../src/base/ids.js'
import { MAX_KNOWN_PEERS } from '../../../src/protocol/config.js'
import { RecordReader } from '../../../src/room/records/record-reader.js'
import { seededRandom } from '../../../src/testing/world/random.js'

const named = (name: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${name} ${n}` as PeerKey)

/** What is read, until `most` are or nothing waits. */
async function readOf(devices: readonly PeerKey[], most = Number.POSITIVE_INFINITY) {
  const going: (() => void)[] = []
  const read: PeerKey[] = []
  const reader = new RecordReader(device => {
    read.push(device)
    return new Promise(resolve => going.push(resolve))
  }, seededRandom(1))
  for (const device of devices) reader.ask(device)
  while (reader.isBusy && read.length < most) {
    expect(going.length).toBeLessThanOrEqual(8)
    for (const done of going.splice(0)) done()
    await new Promise(setImmediate)
  }
  return read
}

test('records are read eight at a time, and each once', async () => {
  const devices = named('device', 20)
  const read = await readOf([...devices, ...devices])
  expect(read.toSorted()).toEqual(devices.toSorted())
})

// Spent: announcements of keys that nobody has. Suffered: records of members come later.
test('those of members have their share of the turns, however many were invented before', async () => {
  const members = new Set(named('member', 100))
  const read = await readOf([...named('invented', 900), ...members], 500)
  const share = read.filter(device => members.has(device)).length
  expect(share).toBeGreaterThan(25)
})

test('those of members have their share of the places as well', async () => {
  const members = new Set(named('member', 1_000))
  const read = await readOf([...named('invented', 2 * MAX_KNOWN_PEERS), ...members])
  expect(read.length).toBeLessThanOrEqual(MAX_KNOWN_PEERS + 8)
  expect(read.filter(device => members.has(device)).length).toBeGreaterThan(250)
})

test('nothing more is read after the end', async () => {
  const read: PeerKey[] = []
  const reader = new RecordReader(async device => void read.push(device), seededRandom(1))
  for (const device of named('device', 20)) reader.ask(device)
  reader.stop()
  await new Promise(setImmediate)
  expect(read).toHaveLength(8)
  expect(reader.isBusy).toBe(false)
})
