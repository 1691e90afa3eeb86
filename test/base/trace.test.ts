import { expect, test } from 'vitest'
import { traceLine } from '../../src/base/trace.js'

test('a step is one line: area, name, fields', () => {
  const fields = { peer: 'ab12', bytes: 7, initiator: true, path: undefined }
  expect(traceLine({ area: 'swarm', name: 'connected', fields })).toBe(
    'swarm connected peer=ab12 bytes=7 initiator=true'
  )
})

test.each([
  ['moves the cursor', 'a\u001b[2Jb'],
  ['ends the line', 'a\r\nroom message id=1'],
  ['turns the line around', 'a\u202eb']
])('a value that %s does not', (_, detail) => {
  const line = traceLine({ area: 'protocol', name: 'bad-frame', fields: { detail } })
  expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})

test('a value with blanks cannot be taken for more fields', () => {
  const fields = { detail: 'a peer=mallory "b"' }
  expect(traceLine({ area: 'protocol', name: 'bad-frame', fields })).toBe(
    String.raw`protocol bad-frame detail="a peer=mallory \"b\""`
  )
})
