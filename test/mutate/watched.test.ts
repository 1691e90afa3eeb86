import { expect, test } from 'vitest'
import { cpuIn, cpuOfGroup } from './cpu.js'
import { Watched } from './watched.js'

const HAS_PROC = process.platform === 'linux'
const ENDLESS = 'for (;;) {}'

test.runIf(HAS_PROC)('a process is ended when it has used its processor time', async () => {
  const { code, cpu } = await new Watched(['-e', ENDLESS], 300, { stdio: 'ignore' }).ended
  expect(code).toBeNull()
  expect(cpu).toBeGreaterThan(300)
})

test.runIf(HAS_PROC)('what its children use counts as well', async () => {
  const script = `require('node:child_process').spawnSync(process.execPath, ['-e', '${ENDLESS}'])`
  expect((await new Watched(['-e', script], 300, { stdio: 'ignore' }).ended).code).toBeNull()
})

test('one that ends by itself says how', async () => {
  const process = new Watched(['-e', 'process.exitCode = 3'], 60_000, { stdio: 'ignore' })
  expect((await process.ended).code).toBe(3)
})

test('of the figures of a process, those of its own group count, whatever it is called', () => {
  const stat = '7 (a) b (c)) S 1 42 42 0 -1 4194304 100 0 0 0 5 6 7 8 20 0 1 0 99'
  expect(cpuIn(stat, 42)).toBe(260)
  expect(cpuIn(stat, 43)).toBe(0)
  expect(cpuIn('', 42)).toBe(0)
})

test.runIf(HAS_PROC)('a group that there is not has used none', () => {
  expect(cpuOfGroup(2 ** 30)).toBe(0)
})
