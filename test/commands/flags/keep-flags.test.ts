import { expect, test } from 'vitest'
import { parseKeepFlags } from '../../../src/commands/flags/keep-flags.js'

test('what is not given is left to the room', () => {
  expect(parseKeepFlags({})).toEqual({})
})

test.each([
  ['30d', 30 * 86_400_000],
  ['8w', 56 * 86_400_000],
  ['0', 0]
])('--keep %s', (keep, maxAgeMillis) => {
  expect(parseKeepFlags({ keep })).toEqual({ maxAgeMillis })
})

test('--keep-messages and --keep-size', () => {
  const flags = { 'keep-messages': 500, 'keep-size': 10 }
  expect(parseKeepFlags(flags)).toEqual({ maxMessages: 500, maxBytes: 10_000_000 })
})

test.each(['', 'forever', '-1d', '30', '0d', '1y'])('--keep "%s" is no age', keep => {
  expect(() => parseKeepFlags({ keep })).toThrow(expect.objectContaining({ code: 'BAD_AGE' }))
})
