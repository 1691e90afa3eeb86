import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Line, newHome } from '../support/cli.js'
import { freePort } from '../support/free-port.js'
import { schema } from '../support/schema.js'
import { useCli } from '../support/use-cli.js'

const world = useCli()
const isDoctor = schema('doctor-1')

async function doctor(args: string[], env: Record<string, string> = {}) {
  const home = env.SWARMCHAT_HOME ?? newHome()
  const ran = await world.run(['doctor', '--json', ...args], { ...env, SWARMCHAT_HOME: home })
  const lines: Line[] = ran.stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
  for (const line of lines) expect(isDoctor(line), JSON.stringify(line)).toBe(true)
  const check = (name: string) => lines.find(line => line.check === name)
  return { ...ran, home, lines, check, summary: lines.at(-1) }
}

test('a healthy machine: exit code 0, and no trace is left', async () => {
  const { check, code, home, summary } = await doctor([])
  expect(summary).toEqual({ type: 'summary', healthy: true, verdict: 'healthy', failed: [] })
  expect(code).toBe(0)
  expect(check('network')).toMatchObject({ about: 'local', state: 'ok', network: 'online' })
  expect(check('nat')).toMatchObject({ about: 'local', nat: 'open' })
  expect(check('hub')).toMatchObject({ state: 'ok', hub: 'free', port: world.port })
  expect(check('identity')?.text).toMatch(/no identity yet/)
  expect(check('clock')).toMatchObject({ state: 'skip' })
  expect(readdirSync(home)).toEqual([])
})

test('for people: a line each', async () => {
  const { code, stdout } = await world.run(['doctor'])
  expect(stdout).toMatch(/^ok {4}home /m)
  expect(stdout).toMatch(/^ok {4}nat local +The NAT is open: it never leaves this machine\.$/m)
  expect(stdout.split('\n').at(-1)).toBe('Healthy.')
  expect(code).toBe(0)
})

test('with a room: who is there, how they are reached, and that the clocks agree', async () => {
  const ann = await world.person('ann')
  const { device, identity } = await ann.object('ready')
  const { check, code, lines } = await doctor(['lobby'])
  const peer = lines.find(line => line.type === 'peer')
  expect(peer).toMatchObject({ device, identity, reach: 'loopback', verified: true, dialled: true })
  expect(peer).toMatchObject({ networks: ['local'], text: 'Linked directly, on this machine.' })
  expect(check('room')).toMatchObject({ state: 'ok', announced: 1, dialled: 1, verified: 1 })
  expect(check('hub')).toMatchObject({ hub: 'running' })
  expect(check('clock')).toMatchObject({ state: 'ok', members: 1 })
  expect(code).toBe(0)
})

test('an empty room is no illness; a bad name is an error', async () => {
  const empty = await doctor(['nobody-here'])
  expect(empty.check('room')).toMatchObject({
    state: 'warning',
    text: 'Nobody was found in the room.'
  })
  expect(empty.code).toBe(0)
  expect((await doctor([' '])).code).toBe(2)
})

test('a stranger on the port of the hub: one clear sentence, exit code 1', async () => {
  const stranger = createServer(socket =>
    socket.on('error', () => {}).end('220 mail ready, go ahead please\r\n')
  )
  await once(stranger.listen(world.port, '127.0.0.1'), 'listening')
  const { check, code, summary } = await doctor(['--timeout', '5'])
  expect(check('hub')).toMatchObject({ state: 'failed' })
  expect(check('hub')?.text).toBe(`Port ${world.port} of this machine is taken by another program.`)
  expect(check('network')).toMatchObject({ about: 'local', state: 'failed' })
  expect(summary).toMatchObject({ healthy: false, failed: ['hub', 'network'] })
  expect(code).toBe(1)
  stranger.close()
})

test('a damaged identity, and one that others can read', async () => {
  const home = newHome()
  writeFileSync(join(home, 'identity'), 'no identity', { mode: 0o600 })
  const damaged = await doctor([], { SWARMCHAT_HOME: home })
  expect(damaged.check('identity')).toMatchObject({ state: 'failed' })
  expect(damaged.check('identity')?.text).toMatch(/is damaged/)
  chmodSync(join(home, 'identity'), 0o644)
  const open = await doctor([], { SWARMCHAT_HOME: home })
  expect(open.check('identity')?.hint).toMatch(/chmod 600/)
  expect(open.code).toBe(1)
})

test('a home that cannot be written', async () => {
  const home = join(newHome(), 'file')
  writeFileSync(home, '')
  const { check, code } = await doctor([], { SWARMCHAT_HOME: home })
  expect(check('home')).toMatchObject({ state: 'failed' })
  expect(check('home')?.hint).toMatch(/SWARMCHAT_HOME/)
  expect(code).toBe(1)
})

test('an isolated network that does not answer', async () => {
  const nobody = `127.0.0.1:${await freePort()}`
  const { check, code, summary } = await doctor(['--timeout', '5', '--bootstrap', nobody])
  expect(check('network')).toMatchObject({ about: 'isolated', state: 'failed' })
  expect(check('network')?.text).toBe('Offline: no DHT node answered.')
  expect(check('network')?.hint).toBe(`Does a node run at ${nobody}? UDP must be allowed out.`)
  expect(check('hub')).toMatchObject({ state: 'skip' })
  expect(summary).toMatchObject({ verdict: 'ill' })
  expect(code).toBe(1)
})

test('a home that is not there yet is well, and is not made', async () => {
  const above = newHome()
  mkdirSync(join(above, 'x'))
  const { check, home } = await doctor([], { SWARMCHAT_HOME: join(above, 'x', 'y', 'z') })
  expect(check('home')).toMatchObject({ state: 'ok' })
  expect(existsSync(home)).toBe(false)
})
