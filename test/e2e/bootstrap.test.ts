import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../support/free-port.js'
import { type PipeProcess, swarmchat } from '../support/pipe-process.js'

const running: PipeProcess[] = []

afterEach(async () => {
  for (const { child, exited } of running.splice(0)) {
    child.kill('SIGKILL')
    await exited
  }
})

function start(...args: string[]): PipeProcess {
  const started = swarmchat(args)
  running.push(started)
  return started
}

async function startNodes(port: number): Promise<PipeProcess> {
  const nodes = start('bootstrap', '--port', `${port}`)
  await once(nodes.child.stdout, 'readable')
  return nodes
}

test('runs 8 nodes, says where, and others meet there', async () => {
  const port = await freePort()
  const nodes = await startNodes(port)
  const line = nodes.child.stdout.read().toString().trim()
  expect(line).toBe(`--bootstrap 127.0.0.1:${port}`)
  await nodes.says(/8 DHT nodes/)
  const flags = line.split(' ')
  const listening = start('listen', ...flags)
  const connecting = start('connect', ...flags, await listening.says(/listening: ([0-9a-f]{64})/))
  connecting.child.stdin.end('hello')
  expect(await listening.hears(5)).toBe('hello')
  nodes.child.kill('SIGINT')
  expect(await nodes.exited).toBe(0)
})

test('a port in use is one sentence and exit code 2', async () => {
  const port = await freePort()
  await startNodes(port)
  const second = start('bootstrap', '--port', `${port}`)
  expect(await second.exited).toBe(2)
  expect(second.stderr).toMatch(`Port ${port} of 127.0.0.1 is taken`)
})

test.each([
  [['--host', 'example.org', '--port', '5000']],
  [['--host', '0.0.0.0', '--port', '5000']],
  [['--host', '192.0.2.1', '--port', '5000']],
  [['--port', '0']],
  [['--port', 'x']],
  [['--port', '5000', '--nodes', '0']],
  [[]]
])('bad flags %j', async args => {
  const bad = start('bootstrap', ...args)
  expect(await bad.exited).toBe(2)
  expect(bad.stderr).toMatch(/^swarmchat: .*\n {2}.*\n$/)
})

test('the guard ends a process that would send something off this machine', async () => {
  const leaking = start('listen', '--network', 'public')
  expect(await leaking.exited).toBe(97)
  expect(leaking.stderr).toMatch('LOOPBACK ONLY')
})
