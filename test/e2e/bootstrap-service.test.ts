import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Cli, newHome } from '../support/cli.js'
import { freePort } from '../support/free-port.js'

let directory: string
let port: number
const running: Cli[] = []

beforeEach(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'data')
  port = await freePort()
})
afterEach(async () => {
  await Promise.all(running.splice(0).map(cli => cli.kill()))
})

function start(...args: string[]): Cli {
  const cli = new Cli(args, { SWARMCHAT_HOME: newHome() })
  running.push(cli)
  return cli
}

const service = (...args: string[]) => start('bootstrap', '--data-dir', directory, ...args)
const kept = () => JSON.parse(readFileSync(join(directory, 'bootstrap.json'), 'utf8'))

async function figures(at: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${at}/metrics`)).text()
}

test('several addresses: the nodes are spread, and each address is handed out', async () => {
  const nodes = service('--host', '127.0.0.1', '--host', '127.0.0.2', '--port', `${port}`)
  const line = await nodes.line(/--bootstrap/)
  expect(line).toBe(`--bootstrap 127.0.0.1:${port},127.0.0.2:${port}`)
  await nodes.error(/8 DHT nodes/)
})

test('what it is lasts: identity and addresses need not be given again', async () => {
  const first = service('--host', '127.0.0.2', '--port', `${port}`, '--nodes', '2')
  const line = await first.line(/--bootstrap/)
  const { seed } = kept()
  expect(statSync(join(directory, 'bootstrap.json')).mode & 0o777).toBe(0o600)
  expect(await first.kill('SIGTERM')).toBe(0)
  const again = service('--nodes', '2')
  expect(await again.line(/--bootstrap/)).toBe(line)
  expect(kept()).toMatchObject({ seed, port, hosts: ['127.0.0.2'] })
})

test('metrics: nodes, records and requests, on loopback', async () => {
  const metrics = await freePort()
  const nodes = service('--port', `${port}`, '--metrics', `${metrics}`)
  const line = await nodes.line(/--bootstrap/)
  const ann = start('join', 'lobby', '--json', ...line.split(' '))
  await ann.object('ready')
  const text = await figures(metrics)
  expect(text).toMatch(/^swarmchat_bootstrap_nodes 8$/m)
  expect(text).toMatch(/^swarmchat_dht_records\{node="\d"\} [1-9]\d*$/m)
  expect(text).toMatch(/^swarmchat_dht_known_nodes\{node="0"\} [1-9]\d*$/m)
  expect(text).toMatch(/^swarmchat_dht_served_requests_total\{command="announce"\} [1-9]\d*$/m)
  expect(text).toMatch(/^# TYPE swarmchat_dht_served_requests_total counter$/m)
  for (const row of text.trim().split('\n')) {
    expect(row).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="\w+"\})? \d+(\.\d+)?)$/)
  }
  expect((await fetch(`http://127.0.0.1:${metrics}/etc/passwd`)).status).toBe(404)
})

test('another machine joins with --bootstrap, and members of either meet', async () => {
  const first = service('--port', `${port}`, '--nodes', '4')
  const [, one = ''] = (await first.line(/--bootstrap/)).split(' ')
  const elsewhere = await freePort()
  const second = start(
    'bootstrap',
    '--host',
    '127.0.0.2',
    '--port',
    `${elsewhere}`,
    '--nodes',
    '4',
    '--bootstrap',
    one
  )
  const [, other = ''] = (await second.line(/--bootstrap/)).split(' ')
  const [ann, ben] = [one, other].map((at, i) =>
    start('join', 'lobby', '--json', '--nick', `nick${i}`, '--bootstrap', at)
  )
  await ann?.object('join', line => line.nick === 'nick1')
  await ben?.object('join', line => line.nick === 'nick0')
})

test.each([
  ['no port', [], /The port of the first node is missing/],
  ['a bad address among the others', ['--port', '5000', '--bootstrap', 'x'], /is not the address/],
  [
    'a directory that cannot be',
    ['--port', '5000', '--data-dir', '/proc/nowhere/x'],
    /cannot be used/
  ]
])('%s is one sentence and exit code 2', async (_, args, sentence) => {
  const bad = start('bootstrap', ...args)
  expect(await bad.exited).toBe(2)
  expect(bad.errors).toHaveLength(2)
  expect(bad.errors[0]).toMatch(sentence)
})

test('a damaged file is left as it is, and said so', async () => {
  const first = service('--port', `${port}`, '--nodes', '1')
  await first.line(/--bootstrap/)
  await first.kill()
  const file = join(directory, 'bootstrap.json')
  writeFileSync(file, '{"seed": 7')
  const second = service('--port', `${port}`)
  expect(await second.exited).toBe(2)
  expect(second.errors[0]).toMatch(/bootstrap\.json is damaged/)
  expect(readFileSync(file, 'utf8')).toBe('{"seed": 7')
})

test('a port for the metrics that is taken: one sentence, and nothing goes on', async () => {
  const metrics = await freePort()
  const first = service('--port', `${port}`, '--metrics', `${metrics}`, '--nodes', '1')
  await first.line(/--bootstrap/)
  const second = start('bootstrap', '--port', `${await freePort()}`, '--metrics', `${metrics}`)
  expect(await second.exited).toBe(2)
  expect(second.errors[0]).toMatch(`Port ${metrics} of 127.0.0.1 is taken`)
})
