import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { SwarmchatError } from '../../src/errors.js'
import { explainDhtError, KNOWN_DHT_CODES } from '../../src/swarm/dht-errors.js'

const load = createRequire(import.meta.url)
const factories = [load('hyperdht/lib/errors'), load('dht-rpc/lib/errors')]
const codes = factories.flatMap(factory =>
  Object.getOwnPropertyNames(factory).filter(name => typeof factory[name] === 'function')
)

test('every error that hyperdht can make is explained', () => {
  expect(codes.length).toBeGreaterThan(20)
  expect(codes.filter(code => !KNOWN_DHT_CODES.includes(code))).toEqual([])
})

test.each(KNOWN_DHT_CODES)('%s is a sentence with a hint', code => {
  const error = explainDhtError(Object.assign(new Error('raw text'), { code }))
  expect(error).toMatchObject({ code, exitCode: 1 })
  expect(error.message).toMatch(/^[A-Z].*\.$/)
  expect(error.hint).toMatch(/^[A-Z].*[.?]$/)
})

test('what is unknown keeps its own text, what is ours passes through', () => {
  expect(explainDhtError(new Error('odd')).message).toBe('The connection failed: odd.')
  const ours = new SwarmchatError('X', 'Ours.', { hint: 'Mine.' })
  expect(explainDhtError(ours)).toBe(ours)
})
