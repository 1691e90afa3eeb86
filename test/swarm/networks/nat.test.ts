import { expect, test } from 'vitest'
import { judge } from '../../../src/swarm/networks/nat.js'

const us = (...ports: number[]) => ports.map(port => ({ host: '203.0.113.5', port }))

test('open: somebody reached us unasked', () => {
  const open = { host: '203.0.113.5', port: 4000 }
  expect(judge({ open, asked: 3, hosts: 3, us: us(4000, 4000, 4000) }).nat).toBe('open')
})

test('consistent: the same port for everybody', () => {
  const { how, nat } = judge({ open: null, asked: 3, hosts: 2, us: us(4000, 4000, 4000) })
  expect(nat).toBe('consistent')
  expect(how).toBe('3 nodes at 2 addresses all saw us at 203.0.113.5:4000')
})

test('randomising: another port for everybody', () => {
  const { how, nat } = judge({ open: null, asked: 3, hosts: 3, us: us(4000, 4001, 4002) })
  expect(nat).toBe('randomising')
  expect(how).toBe('3 nodes at 3 addresses saw us at 3 different places')
})

test('unknown: nobody, or one address only, answered', () => {
  expect(judge({ open: null, asked: 0, hosts: 0, us: [] }).nat).toBe('unknown')
  const { how, nat } = judge({ open: null, asked: 2, hosts: 1, us: us(4000, 4000) })
  expect(nat).toBe('unknown')
  expect(how).toMatch(/only 2 nodes at 1 address answered/)
})
