// The one place that knows which characters of strangers a terminal must not see.

/** What stands where something was that a terminal must not see. */
const REPLACEMENT = '\u{FFFD}'

// England's flag, Scotland's and Wales' are a black flag and tags, which are invisible elsewhere.
const FLAG = String.raw`\p{RGI_Emoji_Tag_Sequence}`
// Joiners between letters and digits, as in Persian and Sinhala, and inside emoji; the sign that an emoji is one.
const LETTER = String.raw`[\p{L}\p{M}\p{N}]`
const EMOJI = String.raw`[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]`
const JOINERS = [
  String.raw`(?<=${LETTER})\p{Join_Control}(?=${LETTER})`,
  String.raw`(?<=${EMOJI})\u200d(?=\p{Extended_Pictographic})`,
  String.raw`(?<=\p{Emoji})\ufe0f`
].join('|')
// A text may be the beginning of one.
const LAST_JOINER = String.raw`(?<=${LETTER}|${EMOJI})\p{Join_Control}$`

// Controls (ANSI escapes begin with one), lone surrogates, line and paragraph separators, and invisible format
// characters, bidi overrides among them. Kept: joiners, and Arabic's visible format characters.
const INVISIBLE = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}`
const ARABIC_SIGNS = String.raw`\u0600-\u0605\u06dd\u070f\u08e2`
const UNSAFE = new RegExp(
  `(${FLAG}|${JOINERS}|${LAST_JOINER})|[[${INVISIBLE}]--[${ARABIC_SIGNS}]]+`,
  'gv'
)
const UNSEEN = new RegExp(
  String.raw`(${FLAG}|${JOINERS})|[${INVISIBLE}\p{Default_Ignorable_Code_Point}]`,
  'gv'
)
const LINE_BREAKS = /\r\n|[\n\r\u2028\u2029]/g
/** White space, and the braille pattern without dots, which looks like it. */
const BLANKS = /[\s\u2800]+/gu
/** More marks than this on one character only climb over the lines above. Guess: Vietnamese needs 2, Hebrew 4. */
const MARKS = /(\p{M}{4})\p{M}+/gu

/** Puts something else where a text holds what must not reach a terminal as it is. */
export function replaceUnsafe(text: string, replacement: (unsafe: string) => string): string {
  return text.replace(UNSAFE, (match, legitimate?: string) => legitimate ?? replacement(match))
}

/** A stranger's text as one line that cannot move the cursor, colour the screen, reorder or hide anything. */
export function safeText(text: string): string {
  const line = text.replace(LINE_BREAKS, ' ⏎ ').replaceAll('\t', ' ')
  return replaceUnsafe(line, () => REPLACEMENT).replace(MARKS, '$1')
}

/** A stranger's nick for the screen: as {@link safeText}, and nothing invisible; blanks in a row are one; never empty. */
export function safeNick(nick: string): string {
  const seen = nick.replace(UNSEEN, (_, legitimate) => legitimate ?? '')
  return seen.replace(MARKS, '$1').replace(BLANKS, ' ').trim() || REPLACEMENT
}
