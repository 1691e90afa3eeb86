import { expect, test } from 'vitest'
import { safeNick, safeText } from '../../src/base/safe-text.js'

test('plain text of any script is left as it is', () => {
  for (const text of ['hello', 'größer', '日本語', 'שלום', 'سلام', '👨‍👩‍👧 🏳️‍🌈', 'می‌خواهم', 'a  b'])
    expect(safeText(text)).toBe(text)
})

test.each([
  ['joiners where nothing is joined', 'a \u200d\u200cb', 'a \uFFFDb'],
  ['several joiners in a row', 'a\u200d\u200db', 'a\uFFFDb'],
  ['tags after a letter', 'a\u{e0067}\u{e007f}b', 'a\uFFFDb'],
  ['tags without an end', '🏴\u{e0067}\u{e0062}x', '🏴\uFFFDx'],
  ['a text in tags', `🏴${'\u{e0068}'.repeat(20)}\u{e007f}`, '🏴\uFFFD']
])('%s are told', (_, text, safe) => {
  expect(safeText(text)).toBe(safe)
})

test('an escape sequence cannot reach the terminal', () => {
  expect(safeText('\u001b[31mred\u001b[0m')).toBe('\uFFFD[31mred\uFFFD[0m')
  expect(safeText('\u009b31m')).toBe('\uFFFD31m')
  expect(safeText('bell\u0007 back\bspace\u007f')).toBe('bell\uFFFD back\uFFFDspace\uFFFD')
})

test('a text stays on one line', () => {
  expect(safeText('a\nb\r\nc\u2028d\re')).toBe('a ⏎ b ⏎ c ⏎ d ⏎ e')
  expect(safeText('a\tb')).toBe('a b')
})

test('bidi overrides and invisible characters are shown as what they are: replaced', () => {
  expect(safeText('user\u202egnp.exe')).toBe('user\uFFFDgnp.exe')
  expect(safeText('\u2066x\u2069')).toBe('\uFFFDx\uFFFD')
  expect(safeText('a\u200bb\ufeffc\u{e0041}d')).toBe('a\uFFFDb\uFFFDc\uFFFDd')
  expect(safeText('\ud800')).toBe('\uFFFD')
})

test('a hidden character after a joiner does not slip through', () => {
  expect(safeText('a\u001b\u200d\u202eb')).toBe('a\uFFFDb')
})

test('piled-up marks are cut', () => {
  expect(safeText(`a${'\u0301'.repeat(50)}b`)).toBe(`a${'\u0301'.repeat(4)}b`)
})

test('a nick loses what cannot be seen, and is never empty', () => {
  expect(safeNick('a\u200bd\u001ba\u202e')).toBe('ada')
  expect(safeNick('  a \n b ')).toBe('a b')
  expect(safeNick('\u200b')).toBe('\uFFFD')
  expect(safeNick('a\u009b31m')).toBe('a31m')
  expect(safeNick(`a${'\u0301'.repeat(50)}b`)).toBe(`a${'\u0301'.repeat(4)}b`)
  expect(safeNick('a\u3164b\u115f')).toBe('ab')
  expect(safeNick('a \u2800\u3000 b\u2800')).toBe('a b')
})

test('what is invisible and belongs there stays: joiners between letters and in emoji, flags made of tags', () => {
  for (const text of ['می‌خواهم', 'ක්‍රිස්', '۲‌نفره', '👨‍👩‍👧', '👩🏽‍🚀', '🏳️‍🌈', '❤️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢󠁥󠁮󠁧󠁿🏴󠁧󠁢󠁳󠁣󠁴󠁿'])
    expect([safeText(text), safeNick(text)]).toEqual([text, text])
})

test('tags that are no flag of theirs, and joiners that join nothing, do not stay', () => {
  const england = '\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'
  for (const text of [`a${england}`, '🏴\u{e0061}\u{e0062}\u{e007f}', `🏴${england}${england}`])
    expect(safeText(text)).toContain('\uFFFD')
  expect(safeNick(`a${england}`)).toBe('a')
  expect(safeNick('\u200dann\u200c')).toBe('ann')
  expect(safeNick('a \u200d b')).toBe('a b')
})
