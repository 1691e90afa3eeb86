import { expect, test } from 'vitest'
import { NEW_LINE } from '../../../src/ui/prompt/typed-text.js'
import { pasteHint } from '../../../src/ui/screen/paste-hint.js'

const lines = (count: number, text = 'x') => Array(count).fill(text).join(NEW_LINE)

test('one line goes without a word', () => {
  expect(pasteHint('')).toBe('')
  expect(pasteHint(lines(1))).toBe('')
  expect(pasteHint('x'.repeat(8_192))).toBe('')
})

test('several lines are told, and a text that is more than one message as so many', () => {
  expect(pasteHint(lines(2))).toBe('2 lines: Enter sends them as one, Ctrl-U drops them')
  expect(pasteHint(lines(40))).toBe('40 lines: Enter sends them as one, Ctrl-U drops them')
  const hint = pasteHint('x'.repeat(200_000))
  expect(hint).toBe('25 messages: Enter sends them, Ctrl-U drops them')
  expect(`lobby | ${hint}`.length).toBeLessThan(60)
  expect(pasteHint(lines(3, 'x'.repeat(8_000)))).toMatch(/^3 messages: /)
})
