// Whom a nick could be taken for. After UTS #39 (Unicode Security Mechanisms).

import { safeNick } from './safe-text.js'

/** Signs of which lines on the screen are made, and what looks like them: brackets of any kind, colons, asterisks. */
const SIGNS =
  /[\p{Ps}\p{Pe}\p{Pi}\p{Pf}<>:*\u02c2\u02c3\u02d0\u02d1\u02f8\u0589\u05c3\u066d\u0703\u0704\u0903\u0a83\u16eb\u1803\u1809\u204e\u2051\u205a\u205d\u2217\u2236\u22c6\u2731-\u2733\u2735\ua4fd\ua789\uff0a\uff1a]/u

/** Keys are written like this, short ones with 8 digits; and with letters that look like 0 and 1, if there are digits at all. */
const KEY_LOOK = /^(?:[0-9a-f]{8,64}|(?=.*[0-9])[0-9a-foil]{8,64})$/

/** Scripts of languages that are written today (UAX #31, table 5), each of which stands alone. */
const SCRIPTS = (
  'Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Hangul Hebrew Kannada Khmer Lao ' +
  'Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Thai Tibetan'
).split(' ')

/** Those that are written together, with Latin (UTS #39, "highly restrictive"). */
const TOGETHER = ['Han Hiragana Katakana', 'Han Bopomofo', 'Han Hangul'].map(
  scripts => `Latin ${scripts}`
)

const PLAIN = new RegExp(`^(?:${[...SCRIPTS, ...TOGETHER].map(onlyIn).join('|')})$`, 'u')

/** Nothing but ASCII is plain without a closer look. */
const ASCII = /^[\x20-\x7e]*$/

/** Letters that look like Latin ones (confusables.txt of UTS #39), so that whole words of other scripts can. */
const LATIN_LOOKS = new Map(
  (
    'АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY ХX ԚQ ԜW аa сc ԁd еe һh іi јj ӏl оo рp ԛq ѕs уy хx ѵv ԝw ' +
    'ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa γy ιi κk νv οo ρp υu χx օo սu հh ոn ցg զq ѡw'
  )
    .split(' ')
    .map(([other = '', latin = '']) => [other, latin])
)
const LATIN_LOOK = new RegExp(`[${[...LATIN_LOOKS.keys()].join('')}]`, 'gu')

const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cs}]+/gu
const BLANKS = /[\s\u2800]+/gu

/** How a nick looks. */
export interface Look {
  /** What a screen shows: safe for a terminal. */
  readonly shown: string
  /** The same for nicks that look the same: for comparing, not for showing. */
  readonly fold: string
  /**
   * True if it could be taken for more than a nick, or for one in other letters: it holds signs of which lines are made,
   * blanks at an end or anything that is not shown, mixes scripts, or looks like a key.
   */
  readonly isDeceptive: boolean
}

/** How a nick looks. */
export function lookOf(nick: string): Look {
  const shown = safeNick(nick)
  const isWhole = shown === nick.replace(BLANKS, ' ')
  const isPlain = ASCII.test(shown)
  const compared = isPlain ? shown : shown.normalize('NFKC')
  const isSign = SIGNS.test(shown) || SIGNS.test(compared)
  const fold = isPlain ? shown.toLowerCase() : foldCase(compared)
  const isDeceptive = !isWhole || isSign || KEY_LOOK.test(fold) || !isOfOneScript(shown)
  return { shown, fold, isDeceptive }
}

/** What is the same for nicks that look the same. */
export function foldNick(nick: string): string {
  return lookOf(nick).fold
}

function foldCase(shown: string): string {
  const seen = shown.replace(UNSEEN, '').replace(BLANKS, ' ').trim()
  const latin = seen.replace(LATIN_LOOK, letter => LATIN_LOOKS.get(letter) ?? letter)
  // Full case folding: ß is ss, and final sigma is sigma.
  return latin.toLowerCase().toUpperCase().toLowerCase().normalize('NFKC')
}

function isOfOneScript(text: string): boolean {
  return ASCII.test(text) || PLAIN.test(text)
}

function onlyIn(scripts: string): string {
  const own = scripts.split(' ').map(script => `\\p{scx=${script}}`)
  return `[\\p{scx=Common}\\p{scx=Inherited}${own.join('')}]*`
}
