import type { IUnicodeVersionProvider } from '@xterm/headless'
import stringWidth from 'string-width'

const JOINS_THE_LAST = /[\p{M}\p{Emoji_Modifier}\p{Join_Control}\u{e0020}-\u{e007f}]/u
const FLAG_HALF = /\p{Regional_Indicator}/u
const ZWJ = 0x200d

/** What the last character was, as far as it matters for the next. */
const [OTHER, HALF_A_FLAG, JOINER] = [1, 2, 3]

/** How a terminal draws that knows grapheme clusters: a flag or a family of emoji in two columns. */
export const graphemeWidth: IUnicodeVersionProvider = {
  version: 'graphemes',
  wcwidth,
  charProperties(codePoint, preceding) {
    const [before, widthBefore] = [preceding >> 3, (preceding >> 1) & 3]
    const text = String.fromCodePoint(codePoint)
    const completesFlag = before === HALF_A_FLAG && FLAG_HALF.test(text)
    const joins =
      preceding !== 0 && (completesFlag || before === JOINER || JOINS_THE_LAST.test(text))
    const width = joins ? Math.max(widthBefore, wcwidth(codePoint)) : wcwidth(codePoint)
    return (kindOf(codePoint, text, completesFlag) << 3) | (width << 1) | (joins ? 1 : 0)
  }
}

function kindOf(codePoint: number, text: string, completesFlag: boolean): number {
  if (codePoint === ZWJ) return JOINER
  return FLAG_HALF.test(text) && !completesFlag ? HALF_A_FLAG : OTHER
}

function wcwidth(codePoint: number): 0 | 1 | 2 {
  const text = String.fromCodePoint(codePoint)
  if (JOINS_THE_LAST.test(text)) return 0
  if (FLAG_HALF.test(text)) return 2
  return stringWidth(text) as 0 | 1 | 2
}
