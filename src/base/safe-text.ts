// The one place where text from strangers is made safe for a terminal. Programs (--json) get the exact text.

/** What stands where something was that a terminal must not see. */
const REPLACEMENT = '\u{FFFD}'

// England's flag, Scotland's and Wales' are a black flag and tags, which are invisible elsewhere.
const FLAG = String.raw`\p{RGI_Emoji_Tag_Sequence}`
// Joiners between letters, as in Persian and Sinhala, and inside emoji; the sign that an emoji is one.
const LETTER = String.raw`[\p{L}\p{M}]`
const JOINERS = [
  String.raw`(?<=${LETTER})\p{Join_Control}(?=${LETTER})`,
  String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})`,
  String.raw`(?<=\p{Emoji})\ufe0f`
].join('|')

// Controls (ANSI escapes begin with one), lone surrogates, line and paragraph separators, and invisible format
// characters, bidi overrides among them. Kept: joiners, and Arabic's visible format characters.
const UNSAFE = new RegExp(
  String.raw`(${FLAG})|(?:(?!\p{Join_Control}|[\u0600-\u0605\u06dd\u070f\u08e2])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+`,
  'gv'
)
const UNSEEN = new RegExp(
  String.raw`(${FLAG}|${JOINERS})|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]`,
  'gv'
)
const LINE_BREAKS = /\r\n|[\n\r\u2028\u2029]/g
/** White space, and the braille pattern without dots, which looks like it. */
const BLANKS = /[\s\u2800]+/gu
/** More marks than this on one character only climb over the lines above. Guess: Vietnamese needs 2, Hebrew 4. */
const MARKS = /(\p{M}{4})\p{M}+/gu

/** A stranger's text as one line that cannot move the cursor, colour the screen, reorder or hide anything. */
export function safeText(text: string): string {
  return text
    .replace(LINE_BREAKS, ' ⏎ ')
    .replaceAll('\t', ' ')
    .replace(UNSAFE, (_, flag) => flag ?? REPLACEMENT)
    .replace(MARKS, '$1')
}

/** A stranger's nick for the screen: as {@link safeText}, and nothing invisible; blanks in a row are one; never empty. */
export function safeNick(nick: string): string {
  const seen = nick.replace(UNSEEN, (_, legitimate) => legitimate ?? '')
  return seen.replace(MARKS, '$1').replace(BLANKS, ' ').trim() || REPLACEMENT
}
