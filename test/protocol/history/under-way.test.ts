import { expect, test } from 'vitest'
import { UnderWay } from '../../../src/protocol/history/under-way.js'

const WALL = 1_720_000_000_000
const AHEAD = WALL + 120_000

test('the last five seconds are under way, and what was said in fifteen may be announced', () => {
  const underWay = new UnderWay()
  expect(underWay.since(WALL, 0)).toBe(WALL - 5_000)
  expect(underWay.announcedSince(WALL, 0)).toBe(WALL - 15_000)
})

test('a message that came longer ago is not, however far its date is ahead of ours', () => {
  const underWay = new UnderWay()
  underWay.heard(AHEAD, 1_000)
  expect(underWay.since(WALL + 6_000, 6_000)).toBeLessThanOrEqual(AHEAD)
  expect(underWay.since(WALL + 7_000, 7_000)).toBe(AHEAD + 1)
  expect(underWay.announcedSince(WALL + 16_000, 16_000)).toBeLessThanOrEqual(AHEAD)
  expect(underWay.announcedSince(WALL + 17_000, 17_000)).toBe(AHEAD + 1)
})

test('what comes meanwhile is, and an older one that comes late changes nothing', () => {
  const underWay = new UnderWay()
  underWay.heard(AHEAD, 1_000)
  underWay.heard(AHEAD + 9_000, 8_000)
  underWay.heard(AHEAD - 60_000, 8_500)
  expect(underWay.since(WALL + 9_000, 9_000)).toBe(AHEAD + 1)
})

test('of a room that talks all the time the last seconds are, and a day of it is not kept', () => {
  const underWay = new UnderWay()
  const end = 86_400_000
  for (let now = 0; now <= end; now += 250) underWay.heard(AHEAD + now, now)
  const lately = (since: number) => AHEAD + end - since
  expect(lately(underWay.since(WALL + end, end))).toBeGreaterThan(5_000)
  expect(lately(underWay.since(WALL + end, end))).toBeLessThan(8_000)
  expect(lately(underWay.announcedSince(WALL + end, end))).toBeGreaterThan(15_000)
  expect(lately(underWay.announcedSince(WALL + end, end))).toBeLessThan(18_000)
  expect(underWay.size).toBeLessThanOrEqual(18)
})

test('many dates that are seen at once take no more room than one', () => {
  const underWay = new UnderWay()
  for (let n = 0; n < 1_000; n++) underWay.heard(AHEAD + n, 100_000 + n / 2)
  expect(underWay.size).toBe(1)
  for (let n = 0; n < 1_000; n++) underWay.heard(AHEAD, 102_000 + n)
  expect(underWay.size).toBe(1)
})
