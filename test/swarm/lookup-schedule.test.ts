import { describe, expect, it } from 'vitest'
import { sample } from '../../src/base/pick.js'
import { LookupSchedule } from '../../src/swarm/lookup-schedule.js'
import { seededRandom } from '../../src/testing/world/random.js'

const own = new Uint8Array(32)
const peers = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    publicKey: Buffer.alloc(32, `peer ${n} `),
    relayAddresses: []
  }))

/** The waits of so many passes, of which each hears a sample of these. */
function waits(passes: number, records: number, alone: (heard: ReadonlySet<string>) => boolean) {
  const schedule = new LookupSchedule(own, () => 0)
  const random = seededRandom(1)
  const heard = new Set<string>()
  const all = peers(records)
  return Array.from({ length: passes }, () => {
    schedule.begin()
    const told = sample(all, 20, random)
    for (const { publicKey } of told) heard.add(publicKey.toString('hex'))
    schedule.heard(told)
    const wait = schedule.next({ alone: alone(heard), client: true })
    return { wait, heard: heard.size }
  })
}

describe('LookupSchedule', () => {
  it('draws samples until they bring nobody new, as long as nobody was reached', () => {
    const drawn = waits(14, 61, () => true)
    const before = drawn.slice(
      0,
      drawn.findIndex(({ heard }) => heard >= 58)
    )
    expect(before.reduce((sum, { wait }) => sum + wait, 0)).toBeLessThan(1_500)
    expect(drawn.slice(0, 3).map(({ wait }) => wait)).toEqual([0, 150, 150])
  })

  it('takes its time once somebody was reached', () => {
    expect(waits(4, 61, () => false).map(({ wait }) => wait)).toEqual([0, 1_000, 4_000, 15_000])
  })

  it('stops drawing when enough were drawn, whoever makes up however many', () => {
    const quick = waits(16, 10_000, () => true).filter(({ wait }) => wait < 1_000)
    expect(quick).toHaveLength(1 + 12)
  })

  it('does not draw where a node tells of everybody', () => {
    expect(waits(3, 19, () => true).map(({ wait }) => wait)).toEqual([0, 1_000, 15_000])
  })
})
