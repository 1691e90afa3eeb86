import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { formatAddress } from '../../src/swarm/networks/addresses.js'
import { freePort } from '../support/free-port.js'
import { type PipeProcess, plainPipe, swarmchat } from '../support/pipe-process.js'
import { createTestnet, type Testnet } from '../support/testnet.js'

const SEED = '17'.repeat(32)
/** Megabytes that a process may need more than when idle while somebody is slow: far less than all that is sent. */
const WELL_BELOW_ALL = 80
const KEY = /listening: ([0-9a-f]{64})/

let testnet: Testnet
let home: string
const running: PipeProcess[] = []

beforeEach(async () => {
  testnet = await createTestnet()
  home = mkdtempSync(join(tmpdir(), 'swarmchat-'))
})

afterEach(async () => {
  for (const { child, exited } of running.splice(0)) {
    child.kill('SIGKILL')
    await exited
  }
  await testnet.close()
})

function port(): number {
  return testnet.bootstrap[0]?.port ?? 0
}

function start(...args: string[]): PipeProcess {
  const bootstrap = testnet.bootstrap.map(formatAddress).join()
  const started = swarmchat(args, { SWARMCHAT_BOOTSTRAP: bootstrap, SWARMCHAT_HOME: home })
  running.push(started)
  return started
}

function startPlain(role: 'server' | 'client', hex: string): PipeProcess {
  const started = plainPipe(role, port(), hex)
  running.push(started)
  return started
}

describe('listen and connect', () => {
  test('carry 64 MB each way with equal checksums', {
    timeout: 180_000
  }, async () => {
    const listening = start('listen')
    const connecting = start('connect', await listening.says(KEY))
    await connecting.says(/connected/)
    const [there, back, arrivedThere, arrivedBack] = await Promise.all([
      connecting.feed(64),
      listening.feed(64),
      listening.checksum(),
      connecting.checksum()
    ])
    expect(arrivedThere).toBe(there)
    expect(arrivedBack).toBe(back)
    expect(await Promise.all([listening.exited, connecting.exited])).toEqual([0, 0])
  })

  test('a slow reader costs the writer time, and nobody memory', { timeout: 180_000 }, async () => {
    const listening = start('listen')
    const connecting = start('connect', await listening.says(KEY))
    await connecting.says(/connected/)
    listening.child.stdin.end()
    const idle = [listening, connecting].map(process => process.peakMemory())
    const feeding = connecting.feed(120)
    await connecting.heldUp(8_000_000)
    // The window of 8 MiB, and what pipes and streams hold.
    expect(connecting.fed).toBeLessThan(16_000_000)
    for (const [n, process] of [listening, connecting].entries()) {
      expect(process.peakMemory() - (idle[n] ?? 0)).toBeLessThan(WELL_BELOW_ALL)
    }
    expect(await listening.checksum()).toBe(await feeding)
    expect(await listening.exited).toBe(0)
  })

  test('a plain writer to a slow reader is held up too', { timeout: 180_000 }, async () => {
    const server = startPlain('server', SEED)
    const connecting = start('connect', await server.says(KEY))
    await connecting.says(/connected/)
    const idle = connecting.peakMemory()
    const feeding = server.feed(200)
    await server.heldUp(24_000_000)
    // A backlog of 24 MiB, and what pipes and streams hold.
    expect(server.fed).toBeLessThan(64_000_000)
    expect(connecting.peakMemory() - idle).toBeLessThan(WELL_BELOW_ALL)
    expect(await connecting.checksum(200_000_000)).toBe(await feeding)
    connecting.child.stdin.end()
    expect(await connecting.exited).toBe(0)
  })

  test('a plain server and ours', async () => {
    const server = startPlain('server', SEED)
    const connecting = start('connect', await server.says(KEY))
    connecting.child.stdin.write('from ours\n')
    expect(await server.hears(10)).toBe('from ours\n')
    server.child.stdin.write('from plain\n')
    expect(await connecting.hears(11)).toBe('from plain\n')
    server.child.stdin.end()
    connecting.child.stdin.end()
    expect(await connecting.exited).toBe(0)
  })

  test('ours and a plain client', async () => {
    const listening = start('listen')
    const client = startPlain('client', await listening.says(KEY))
    client.child.stdin.write('from plain\n')
    expect(await listening.hears(11)).toBe('from plain\n')
    listening.child.stdin.end('from ours\n')
    expect(await client.hears(10)).toBe('from ours\n')
    client.child.stdin.end()
    expect(await listening.exited).toBe(0)
  })

  test('a key pair with a name is kept, for its owner alone', async () => {
    const first = start('listen', '--key-name', 'backup')
    const key = await first.says(KEY)
    first.child.kill('SIGTERM')
    expect(await first.exited).toBe(0)
    const second = start('listen', '--key-name', 'backup')
    expect(await second.says(KEY)).toBe(key)
    expect(statSync(join(home, 'keys', 'backup')).mode & 0o777).toBe(0o600)
    expect(statSync(join(home, 'keys')).mode & 0o777).toBe(0o700)
  })

  test('Ctrl-C ends both within 2 s', async () => {
    const listening = start('listen')
    const connecting = start('connect', await listening.says(KEY))
    await listening.says(/connected/)
    const before = performance.now()
    connecting.child.kill('SIGINT')
    expect(await connecting.exited).toBe(130)
    listening.child.kill('SIGINT')
    expect(await listening.exited).toBe(0)
    expect(performance.now() - before).toBeLessThan(4000)
  })
})

describe('on the local network', () => {
  test('whoever runs the hub is killed, the others are still found', {
    timeout: 180_000
  }, async () => {
    const world = { SWARMCHAT_LOCAL_PORT: `${await freePort()}`, SWARMCHAT_HOME: home }
    const startLocal = (...args: string[]) => {
      const started = swarmchat([...args, '--network', 'local'], world)
      running.push(started)
      return started
    }
    let hub = startLocal('listen')
    await hub.says(KEY)
    for (let round = 0; round < 3; round += 1) {
      const next = startLocal('listen')
      const key = await next.says(KEY)
      hub.child.kill('SIGKILL')
      await hub.exited
      const connecting = startLocal('connect', key)
      connecting.child.stdin.end('hello')
      expect(await next.hears(5)).toBe('hello')
      connecting.child.kill('SIGINT')
      expect(await connecting.exited).toBe(130)
      hub = next
    }
  })
})

describe('bad input is one sentence and exit code 2', () => {
  test.each([
    [['connect'], /Which key\? swarmchat connect <key>/],
    [['connect', 'abc'], /it has 3 digits/],
    [['connect', 'z'.repeat(64)], /64 hex digits/],
    [['listen', '--allow', 'abc'], /64 hex digits/],
    [['listen', '--key-name', '../../etc/passwd'], /cannot be the name/],
    [['listen', '--bootstrap', 'nowhere'], /the port is missing/],
    [['listen', '--frobnicate'], /frobnicate/]
  ])('%j', async (args, sentence) => {
    const bad = start(...args)
    expect(await bad.exited).toBe(2)
    expect(bad.stderr).toMatch(sentence)
    expect(bad.stderr).not.toMatch(/^\s+at /m)
  })

  test('nobody there is exit code 1', async () => {
    const lonely = start('connect', 'ab'.repeat(32))
    expect(await lonely.exited).toBe(1)
    expect(lonely.stderr).toMatch(/Nobody is listening under that key/)
  })
})
