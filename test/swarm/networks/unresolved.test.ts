import { expect, test } from 'vitest'
import { hasLoopback } from '../../../src/swarm/hub/loopback.js'
import { dhtOffline } from '../../../src/swarm/networks/dht-network.js'
import { nameNotFound, unresolved } from '../../../src/swarm/networks/unresolved.js'

const port = 1

test('names without an address are told, each once; addresses are not asked about', async () => {
  const asked: string[] = []
  const resolve = async (host: string) => {
    asked.push(host)
    if (host === 'good.example') return '10.0.0.1'
    throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' })
  }
  const hosts = ['127.0.0.1', 'bad.example', 'good.example', 'bad.example']
  const found = await unresolved(
    hosts.map(host => ({ host, port })),
    resolve
  )
  expect(found).toEqual([{ host: 'bad.example', code: 'ENOTFOUND' }])
  expect(asked.sort()).toEqual(['bad.example', 'good.example'])
})

test('what to do depends on what the system says', () => {
  expect(nameNotFound({ host: 'x', code: 'ENOTFOUND' }).hint).toMatch(/written right/)
  expect(nameNotFound({ host: 'x', code: 'EAI_AGAIN' }).hint).toMatch(/reach a name server/)
})

test('a machine without 127.0.0.1 has no loopback; one that does not tell may have', () => {
  const address = (address: string) => ({ address }) as never
  expect(hasLoopback(() => ({ lo: [address('127.0.0.1'), address('::1')] }))).toBe(true)
  expect(hasLoopback(() => ({ lo: [address('::1')], eth0: [address('10.0.0.1')] }))).toBe(false)
  expect(hasLoopback(() => ({}))).toBe(false)
  expect(
    hasLoopback(() => {
      throw new Error('EACCES')
    })
  ).toBe(true)
})

test('nodes that do not answer are named, where they were given', () => {
  expect(dhtOffline([{ host: '10.0.0.1', port: 4 }]).hint).toBe(
    'Does a node run at 10.0.0.1:4? UDP must be allowed out.'
  )
  const many = [1, 2, 3, 4, 5].map(port => ({ host: 'x.example', port }))
  expect(dhtOffline(many).hint).toBe(
    'Does a node run at x.example:1 or x.example:2 or x.example:3, or 2 more? UDP must be allowed out.'
  )
  expect(dhtOffline().hint).toMatch(/connection to the internet/)
})
