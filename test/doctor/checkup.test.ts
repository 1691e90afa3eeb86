import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkClock } from '../../src/doctor/check-home.js'
import { examine } from '../../src/doctor/checkup.js'
import { freePort } from '../support/free-port.js'

const home = mkdtempSync(join(tmpdir(), 'swarmchat-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('a clock that agrees with most members is well', () => {
  expect(checkClock([-4_000, 1_000, 900_000]).state).toBe('ok')
})

test('a clock that is off says by how much, and which way', () => {
  expect(checkClock([120_000, 121_000, 119_000])).toMatchObject({
    state: 'failed',
    text: "The clock is off: members' clocks are at least 120 s ahead of it."
  })
  expect(checkClock([-90_000]).text).toMatch(/at least 75 s behind it/)
})

test('what was said a while ago makes no clock seem to be behind', () => {
  expect(checkClock([-1_027]).facts).toEqual({ members: 1, offsetMillis: 0 })
  // A presence every 10 s in a small room, every 5 minutes in one of a hundred.
  expect(checkClock([-70_000])).toMatchObject({ state: 'ok', facts: { offsetMillis: -55_000 } })
  const hundred = Array.from({ length: 100 }, (_, i) => -3_000 * i)
  expect(checkClock(hundred)).toMatchObject({ state: 'ok', facts: { offsetMillis: 0 } })
})

test('messages that are refused for their clocks say that ours is far behind', () => {
  expect(checkClock([], true)).toMatchObject({ state: 'failed' })
  expect(checkClock([], true).text).toMatch(/more than 5 minutes ahead/)
})

test('without anybody to compare with it is not called right or wrong', () => {
  expect(checkClock([])).toMatchObject({ state: 'skip', hint: '' })
  expect(checkClock([], false, 0)).toMatchObject({ state: 'failed' })
})

test('a check-up that was interrupted before it began waits for no network', async () => {
  const nobody = { host: '127.0.0.1', port: await freePort() }
  const { findings } = await examine({
    networks: { mode: 'isolated', bootstrap: [nobody] },
    home,
    timeout: 3_600_000,
    interrupted: AbortSignal.abort(),
    onfinding: () => {}
  })
  // What was not looked at is no finding.
  expect(findings).toEqual([])
})
