import { expect, test } from 'vitest'
import { hasPrompt, optionsIn } from '../../src/ui/chat.js'
import { fakeIo } from './fake-room.js'

test('a password, or a secret, is for the room that it was given for, and for no other of the same chat', () => {
  const first = { name: 'team', password: 'secret words', nick: 'ada', ephemeral: true }
  const shared = { nick: 'ada', ephemeral: true }
  expect(optionsIn(first, { name: 'team', password: 'secret words' }, { nick: 'eve' })).toEqual({
    ...first,
    nick: 'eve'
  })
  expect(optionsIn(first, { name: 'lobby' })).toEqual({ name: 'lobby', ...shared })
  expect(optionsIn({ name: 'team' }, { name: 'lobby' }, { fallbackNick: 'eve' })).toEqual({
    name: 'lobby',
    nick: undefined,
    fallbackNick: 'eve'
  })
  const secret = new Uint8Array(32)
  expect(optionsIn(first, { name: 'ours', secret })).toEqual({ name: 'ours', secret, ...shared })
  expect(optionsIn({ ...shared, name: 'ours', secret }, { name: 'lobby' })).toEqual({
    name: 'lobby',
    ...shared
  })
})

test('there is a prompt on a terminal that obeys escape sequences, for who wants one', () => {
  const { io } = fakeIo()
  const terminal = {
    ...io,
    input: Object.assign(io.input, { isTTY: true }),
    output: Object.assign(io.output, { isTTY: true })
  }
  expect(hasPrompt(terminal, { json: false, plain: false })).toBe(true)
  expect(hasPrompt(terminal, { json: true, plain: false })).toBe(false)
  expect(hasPrompt(terminal, { json: false, plain: true })).toBe(false)
  expect(hasPrompt({ ...terminal, obeysEscapes: false }, { json: false, plain: false })).toBe(false)
})
