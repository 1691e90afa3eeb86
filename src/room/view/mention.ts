const WORD = String.raw`[\p{L}\p{M}\p{N}_]`
/** Signs that mean something in a regular expression. */
const SIGNS = /[\\^$.*+?()[\]{}|/]/g

/**
 * True if a text names this nick: as a word of its own, in any case of letters. A nick of one
 * letter is a word of many languages: it counts after an `@` only.
 */
export function mentions(text: string, nick: string): boolean {
  if (nick === '') return false
  if (last.nick !== nick) last = { nick, pattern: patternOf(nick) }
  return last.pattern.test(text.normalize('NFC'))
}

// Every line is asked for the same nick, and to make a pattern costs more than to use it.
let last = { nick: '', pattern: /$^/u }

function patternOf(nick: string): RegExp {
  const name = nick.normalize('NFC')
  const word = name.replace(SIGNS, String.raw`\$&`)
  const before = [...name].length === 1 ? '(?<=@)' : `(?<!${WORD})`
  return new RegExp(`${before}${word}(?!${WORD})`, 'iu')
}
