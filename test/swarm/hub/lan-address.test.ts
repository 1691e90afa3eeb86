import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { lanAddresses, neighbourOf } from '../../../src/swarm/hub/lan-address.js'

function ipv4(address: string, bits = 24, internal = false): NetworkInterfaceInfo[] {
  const cidr = `${address}/${bits}`
  return [
    { address, cidr, family: 'IPv4', internal, netmask: '255.255.255.0', mac: '00:00:00:00:00:00' }
  ]
}

test('private addresses count, real interfaces first', () => {
  const interfaces = {
    docker0: ipv4('172.17.0.1', 16),
    wlan0: ipv4('192.168.1.20'),
    eth1: ipv4('169.254.7.7', 16),
    eth0: ipv4('203.0.113.4'),
    lo: ipv4('127.0.0.1', 8, true)
  }
  expect(lanAddresses(interfaces).map(({ host }) => host)).toEqual([
    '192.168.1.20',
    '172.17.0.1',
    '169.254.7.7'
  ])
})

test('no local network at all', () => {
  expect(lanAddresses({ eth0: ipv4('203.0.113.4'), lo: ipv4('127.0.0.1', 8, true) })).toEqual([])
})

test('a neighbour is on the same network', () => {
  const ours = lanAddresses({ wlan0: ipv4('192.168.1.20'), eth0: ipv4('10.1.2.3', 8) })
  expect(neighbourOf('192.168.1.77', ours)?.host).toBe('192.168.1.20')
  expect(neighbourOf('10.200.0.1', ours)?.host).toBe('10.1.2.3')
  for (const stranger of ['192.168.2.1', '203.0.113.4', '127.0.0.1', '::1', 'junk', '']) {
    expect(neighbourOf(stranger, ours)).toBeUndefined()
  }
})
