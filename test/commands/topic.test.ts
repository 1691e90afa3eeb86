import { expect, test } from 'vitest'
import { runCommand } from './run-command.js'

test('prints 64 hex digits, the same for every way to write the name', async () => {
  const { lines } = await runCommand('topic', ['lobby'])
  expect(lines).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
  for (const name of ['Lobby', '#lobby', ' lobby '])
    expect((await runCommand('topic', [name])).lines).toEqual(lines)
  expect((await runCommand('topic', ['attic'])).lines).not.toEqual(lines)
})

test.each(['', '   ', '#', 'x'.repeat(200), 'a\nb'])('refuses the room name %j', async name => {
  const { lines, thrown } = await runCommand('topic', [name])
  expect(thrown).toMatchObject({ code: 'BAD_ROOM_NAME', exitCode: 2 })
  expect(lines).toEqual([])
})
