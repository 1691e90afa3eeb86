import { afterEach, expect, test, vi } from 'vitest'
import { freshIdentity } from '../../../src/home/identity.js'
import { Room } from '../../../src/room/room.js'
import { networksFromEnvironment, parsePort } from '../../../src/swarm/networks/environment.js'
import { Swarm } from '../../../src/swarm/swarm.js'
import { freePort } from '../../support/free-port.js'

afterEach(() => vi.unstubAllEnvs())

test('nothing set is auto; an empty variable is nothing', () => {
  expect(networksFromEnvironment({})).toEqual({ mode: 'auto' })
  const empty = {
    SWARMCHAT_BOOTSTRAP: '',
    SWARMCHAT_NETWORK: '',
    SWARMCHAT_LOCAL_PORT: '',
    SWARMCHAT_PUBLIC_BOOTSTRAP: ''
  }
  expect(networksFromEnvironment(empty)).toEqual({ mode: 'auto' })
  const lan = { ...empty, SWARMCHAT_NETWORK: 'lan' }
  expect(networksFromEnvironment(lan)).toEqual({ mode: 'lan' })
  const isolated = networksFromEnvironment({ ...empty, SWARMCHAT_BOOTSTRAP: '10.0.0.1:2' })
  expect(isolated).toMatchObject({ mode: 'isolated' })
})

test('each variable does what it says', () => {
  const SWARMCHAT_LOCAL_PORT = '7'
  expect(networksFromEnvironment({ SWARMCHAT_NETWORK: 'lan', SWARMCHAT_LOCAL_PORT })).toEqual({
    mode: 'lan',
    localPort: 7
  })
  expect(networksFromEnvironment({ SWARMCHAT_BOOTSTRAP: 'a.example:1,10.0.0.1:2' })).toEqual({
    mode: 'isolated',
    bootstrap: [
      { host: 'a.example', port: 1 },
      { host: '10.0.0.1', port: 2 }
    ]
  })
  const SWARMCHAT_PUBLIC_BOOTSTRAP = '10.0.0.1:2'
  const env = { SWARMCHAT_LOCAL_PORT, SWARMCHAT_PUBLIC_BOOTSTRAP }
  expect(networksFromEnvironment(env)).toEqual({
    mode: 'auto',
    localPort: 7,
    publicBootstrap: [{ host: '10.0.0.1', port: 2 }]
  })
})

test.each([
  [{ SWARMCHAT_LOCAL_PORT: 'abc' }, 'SWARMCHAT_LOCAL_PORT is "abc", which is not a port.'],
  [{ SWARMCHAT_NETWORK: 'moon' }, 'SWARMCHAT_NETWORK: there is no network "moon".'],
  [
    { SWARMCHAT_BOOTSTRAP: 'x' },
    'SWARMCHAT_BOOTSTRAP: "x" is not the address of a bootstrap node: the port is missing.'
  ],
  [
    { SWARMCHAT_PUBLIC_BOOTSTRAP: 'a:0' },
    'SWARMCHAT_PUBLIC_BOOTSTRAP: "a:0" is not the address of a bootstrap node: a port is a number from 1 to 65535.'
  ],
  [
    { SWARMCHAT_NETWORK: 'lan', SWARMCHAT_BOOTSTRAP: 'a:1' },
    'SWARMCHAT_NETWORK and SWARMCHAT_BOOTSTRAP exclude each other.'
  ]
])('a variable that is wrong is named: %j', (env, message) => {
  expect(() => networksFromEnvironment(env)).toThrow(
    expect.objectContaining({ message, exitCode: 2 })
  )
})

test('ports', () => {
  expect(parsePort('65535')).toBe(65_535)
  for (const port of ['0', '65536', 'x', '-1', '1.5', ''])
    expect(() => parsePort(port)).toThrow(expect.objectContaining({ code: 'BAD_PORT' }))
})

test('the library honours it: Swarm and Room', async () => {
  vi.stubEnv('SWARMCHAT_NETWORK', 'local')
  vi.stubEnv('SWARMCHAT_LOCAL_PORT', String(await freePort()))
  const swarm = new Swarm()
  expect(swarm.networks.map(({ name }) => name)).toEqual(['local'])
  await swarm.destroy()
  const room = await Room.open({ name: 'lobby', identity: freshIdentity() })
  expect(await room.ready).toBe(true)
  await room.leave()
  vi.stubEnv('SWARMCHAT_NETWORK', 'moon')
  expect(() => new Swarm()).toThrow(expect.objectContaining({ code: 'BAD_NETWORK' }))
  await expect(Room.open({ name: 'lobby', identity: freshIdentity() })).rejects.toMatchObject({
    code: 'BAD_NETWORK'
  })
})
