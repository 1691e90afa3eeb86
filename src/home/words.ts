import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english'

/** How many words an identity is: 256 bits, and 8 by which a mistake is found (BIP 39). */
const WORD_COUNT = 24

/** The seed that words mean, or the end of a sentence that says why they mean none; no word is said in it. */
export type SpokenSeed =
  | { readonly ok: true; readonly seed: Uint8Array }
  | { readonly ok: false; readonly reason: string }

/** A seed of 32 bytes as 24 English words of BIP 39, whose entropy it is. */
export function wordsOf(seed: Uint8Array): string[] {
  return entropyToMnemonic(seed, wordlist).split(' ')
}

/**
 * Reads such words as people write them: in any case, with numbers before them, on one line or many. The first four letters
 * of a word are enough.
 */
export function seedFromWords(text: string): SpokenSeed {
  const given =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/\p{L}+/gu) ?? []
  const words = given.map(wholeWord)
  if (words.length !== WORD_COUNT) {
    return { ok: false, reason: `there are ${words.length}, and an identity has ${WORD_COUNT}` }
  }
  const unknown = words.indexOf(undefined)
  if (unknown !== -1) return { ok: false, reason: `number ${unknown + 1} is not one of the list` }
  try {
    return { ok: true, seed: mnemonicToEntropy(words.join(' '), wordlist) }
  } catch {
    return { ok: false, reason: 'one is another word, or they are in another order' }
  }
}

// No two words of the list begin with the same four letters.
function wholeWord(written: string): string | undefined {
  if (wordlist.includes(written)) return written
  return written.length < 4 ? undefined : wordlist.find(word => word.startsWith(written))
}
