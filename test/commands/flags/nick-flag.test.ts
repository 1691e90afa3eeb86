import { expect, test } from 'vitest'
import { nickIn } from '../../../src/commands/flags/nick-flag.js'
import type { Settings } from '../../../src/home/settings.js'

/** Settings in which we are called so. */
const settings = (nick?: string) => ({ get: () => ({ value: nick }) }) as unknown as Settings

test('the flag counts over the setting, also in a room that is joined later', () => {
  expect(nickIn('lobby', 'bob', settings('ada'))).toBe('bob')
  expect(nickIn('builds', ' bob ', settings('ada'), 'bob')).toBe('bob')
  expect(nickIn('builds', undefined, settings('ada'), 'bob')).toBe('ada')
  expect(nickIn('builds', undefined, settings())).toBeUndefined()
})

test('whoever took another nick since is not called by the flag in a room that they join', () => {
  expect(nickIn('builds', 'bob', settings(), 'bobby')).toBeUndefined()
  expect(nickIn('builds', 'bob', settings('ada'), 'bobby')).toBe('ada')
})
