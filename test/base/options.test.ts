import { expect, test } from 'vitest'
import { badOption } from '../../src/base/options.js'

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  [[1], 'a list'],
  [new Uint8Array(3), 'a Uint8Array of 3 bytes'],
  [1.5, '1.5'],
  [true, 'true'],
  [{ secret: 1 }, 'an object'],
  ['secret', 'a string'],
  [() => {}, 'a function']
])('an option that is wrong is told by its kind, and never quoted: %j', (given, kind) => {
  const { message } = badOption('Room.open', 'nick', 'a name', given)
  expect(message).toBe(`The option nick of Room.open has to be a name, and is ${kind}.`)
})
