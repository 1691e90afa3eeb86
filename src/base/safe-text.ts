// The one place where text from strangers is made safe for a terminal. Programs (--json) get the exact text.

/** What stands where something was that a terminal must not see. */
const REPLACEMENT = '\u{FFFD}'

// Controls (ANSI escapes begin with one), lone surrogates, line and paragraph separators, and invisible format
// characters, bidi overrides among them. Kept: the joiners U+200C and U+200D, which Persian and emoji need, and
// Arabic's visible format characters.
const UNSAFE =
  /(?:(?!\p{Join_Control}|[\u0600-\u0605\u06dd\u070f\u08e2])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu
const LINE_BREAKS = /\r\n|[\n\r\u2028\u2029]/g
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu
/** More marks than this on one character only climb over the lines above. Guess: Vietnamese needs 2, Hebrew 4. */
const MARKS = /(\p{M}{4})\p{M}+/gu

/** A stranger's text as one line that cannot move the cursor, colour the screen, reorder or hide anything. */
export function safeText(text: string): string {
  return text
    .replace(LINE_BREAKS, ' ⏎ ')
    .replaceAll('\t', ' ')
    .replace(UNSAFE, REPLACEMENT)
    .replace(MARKS, '$1')
}

/** A stranger's nick for the screen: as {@link safeText}, and nothing invisible; never empty. */
export function safeNick(nick: string): string {
  const visible = nick.replace(INVISIBLE, '').replace(MARKS, '$1').replace(/\s+/gu, ' ').trim()
  return visible === '' ? REPLACEMENT : visible
}
