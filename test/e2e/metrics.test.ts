import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Cli, newHome } from '../support/cli.js'
import { freePort } from '../support/free-port.js'
import { createTestnet, type Testnet } from '../support/testnet.js'

const ROOM = 'parlour-5c1'
let testnet: Testnet
let port: number
const running: Cli[] = []

beforeEach(async () => {
  testnet = await createTestnet()
  port = await freePort()
})
afterEach(async () => {
  await Promise.all(running.splice(0).map(cli => cli.kill()))
  await testnet.close()
})

function start(args: readonly string[], env: Record<string, string> = {}): Cli {
  const SWARMCHAT_BOOTSTRAP = testnet.bootstrap.map(({ host, port }) => `${host}:${port}`).join()
  const cli = new Cli(args, { SWARMCHAT_HOME: newHome(), SWARMCHAT_BOOTSTRAP, ...env })
  running.push(cli)
  return cli
}

/** What the files with keys hold. */
function keyFiles(home: string): string[] {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(({ name, parentPath }) => readFileSync(join(parentPath, name), 'utf8'))
    .filter(text => text.includes('\nseed '))
}

const figures = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()

test('join --metrics serves the room and its swarm, on loopback, without the room’s name', async () => {
  const ann = start(['join', ROOM, '--json', '--nick', 'ann', '--metrics', `${port}`])
  const ben = start(['join', ROOM, '--json', '--nick', 'ben'])
  await ann.object('join', line => line.nick === 'ben')
  ben.say('hello')
  await ann.object('message', line => line.text === 'hello')
  const text = await figures()
  expect(text).toMatch(/^swarmchat_room_links\{topic="[0-9a-f]{8}"\} 1$/m)
  expect(text).toMatch(/^swarmchat_room_members\{topic="[0-9a-f]{8}"\} 2$/m)
  expect(text).toMatch(/^# TYPE swarmchat_room_frames_received_total counter$/m)
  expect(text).toMatch(
    /^swarmchat_room_frames_received_total\{topic="\w+",type="identify"\} [1-9]\d*$/m
  )
  expect(text).toMatch(/^swarmchat_swarm_connections\{topic="\w+"\} 1$/m)
  expect(text).toMatch(/^process_resident_memory_bytes [1-9]\d*$/m)
  expect(text).not.toContain(ROOM)
  expect(await ann.kill('SIGTERM')).toBe(0)
  await expect(figures()).rejects.toThrow()
})

test('bot --metrics serves its rooms, each under its topic', async () => {
  const script = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'idle.mjs')
  writeFileSync(script, 'export default () => {}\n')
  const bot = start(['bot', ROOM, `${ROOM}-2`, script, '--metrics', `${port}`, '--no-log-json'])
  await bot.error(/in the room/)
  const topics = new Set((await figures()).match(/^swarmchat_room_links\{topic="\w+"\}/gm))
  expect(topics.size).toBe(2)
})

test('relay --metrics serves what it passed on', async () => {
  const relay = start(['relay', '--metrics', `${port}`])
  await relay.line(/--relay/)
  const text = await figures()
  expect(text).toMatch(/^swarmchat_relay_passed_bytes_total 0$/m)
  expect(text).toMatch(/^swarmchat_relay_sessions 0$/m)
})

test('a port that is taken: one sentence and exit code 2, and the room is not entered', async () => {
  const first = start(['join', ROOM, '--json', '--metrics', `${port}`])
  await first.object('ready')
  const second = start(['join', ROOM, '--json', '--metrics', `${port}`])
  expect(await second.exited).toBe(2)
  expect(second.errors.join('\n')).toContain(`Port ${port} of 127.0.0.1 is taken`)
  expect(second.lines.filter(line => !line.includes('error'))).toEqual([])
})

test('SWARMCHAT_DEBUG prints steps on stderr, and neither names, nicks, texts nor keys', async () => {
  const home = newHome()
  const debug = { SWARMCHAT_DEBUG: 'swarm,room,protocol', SWARMCHAT_HOME: home }
  const ann = start(['join', ROOM, '--json', '--nick', 'ann-9d2'], debug)
  const ben = start(['join', ROOM, '--json', '--nick', 'ben-4e7'])
  await ann.object('join', line => line.nick === 'ben-4e7')
  ben.say('hello-31f')
  await ann.object('message', line => line.text === 'hello-31f')
  await ann.error(/^\S+Z protocol frame-received peer=[0-9a-f]{64} type=identify/)
  await ann.error(/^\S+Z room message id=[0-9a-f]{64}/)
  await ann.error(/^\S+Z swarm connected peer=[0-9a-f]{64}/)
  const told = ann.errors.join('\n')
  for (const secret of [ROOM, 'ann-9d2', 'ben-4e7', 'hello-31f']) expect(told).not.toContain(secret)
  const seeds = keyFiles(home).map(text => /^seed (\w+)$/m.exec(text)?.[1] ?? 'no seed')
  expect(seeds.length).toBeGreaterThanOrEqual(2)
  for (const seed of seeds) expect(told).not.toContain(seed)
  expect(ben.errors).toEqual([])
})
