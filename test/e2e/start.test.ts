import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  watch,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { useCli } from '../support/use-cli.js'

const world = useCli()

let env: Record<string, string>
let directory: string

beforeEach(() => {
  const cache = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  env = { XDG_CACHE_HOME: cache, HOME: cache, LOCALAPPDATA: cache }
  const above = process.platform === 'darwin' ? join(cache, 'Library/Caches') : cache
  directory = join(above, 'swarmchat/code')
})

const kept = () => {
  if (statSync(directory, { throwIfNoEntry: false }) === undefined) return []
  return readdirSync(directory).filter(name => !name.endsWith('.tmp'))
}
const whoami = () => world.run(['whoami', '--json'], env)

test('what a command compiled is kept when it has ended well, and what is damaged is not run', async () => {
  const help = await world.run(['whoami', '--help'], env)
  const wrong = await world.run(['whoami', 'you'], env)
  expect([help.code, wrong.code, kept()]).toEqual([0, 2, []])
  expect((await whoami()).code).toBe(0)
  const [name = ''] = kept()
  const file = join(directory, name)
  const whole = readFileSync(file)
  const { ino } = statSync(file)
  expect((await whoami()).code).toBe(0)
  // What V8 refuses is written anew.
  expect(statSync(file).ino).toBe(ino)
  // As a disk does it that lost what was written last.
  writeFileSync(file, Buffer.concat([whole.subarray(0, 40_000), Buffer.alloc(whole.length)]))
  const again = await whoami()
  expect([again.code, again.stderr]).toEqual([0, ''])
  expect(kept()).toEqual([name])
})

test('a chat keeps what it has compiled while it goes on', async () => {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const watcher = watch(directory)
  const cli = world.start(['join', 'lobby', '--json'], env)
  while (kept().length === 0) await once(watcher, 'change')
  watcher.close()
  expect(cli.objects.map(({ type }) => type)).toContain('ready')
  await cli.kill('SIGTERM')
  const written = () => kept().map(name => statSync(join(directory, name)).ino)
  const before = written()
  // All that the program does as it starts and goes on leaves V8 such that it takes that.
  const again = world.start(['join', 'lobby', '--json'], env)
  await again.object('ready')
  await again.kill('SIGTERM')
  expect(written()).toEqual(before)
})

test('nothing is kept where Node is told not to', async () => {
  expect((await world.run(['whoami'], { ...env, NODE_DISABLE_COMPILE_CACHE: '1' })).code).toBe(0)
  expect(kept()).toEqual([])
})
