import b4a from 'b4a'
import { expect, test } from 'vitest'
import { keyPairFromSeed } from '../../src/base/crypto.js'
import { seedFromWords, wordsOf } from '../../src/home/words.js'

// Of the vectors of BIP 39.
const SEED = b4a.from('68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c', 'hex')
const WORDS =
  'hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length'.split(
    ' '
  )

const reasonOf = (words: readonly string[]) => {
  const read = seedFromWords(words.join(' '))
  return read.ok ? undefined : read.reason
}

test('a seed is the 24 words that BIP 39 has for it', () => {
  expect(wordsOf(SEED)).toEqual(WORDS)
  // The entropy itself is the seed of the Ed25519 key, as any other library makes it.
  expect(b4a.toString(keyPairFromSeed(SEED).publicKey, 'hex')).toBe(
    '7d2cb63ef6edcc26ff3024e8c99fb1f845a863e575cb1a9966ae9194e0985439'
  )
})

test('words are read as people write them down', () => {
  const numbered = WORDS.map((word, at) => `${at + 1}. ${word.toUpperCase()}`).join('\n')
  const short = WORDS.map(word => word.slice(0, 4)).join(', ')
  for (const written of [WORDS.join(' '), numbered, short])
    expect(seedFromWords(written)).toEqual({ ok: true, seed: Uint8Array.from(SEED) })
})

test('a mistake is found, and no word is said', () => {
  expect(reasonOf(WORDS.slice(1))).toBe('there are 23, and an identity has 24')
  expect(reasonOf([...WORDS, 'word'])).toBe('there are 25, and an identity has 24')
  expect(reasonOf(WORDS.with(2, 'privxte'))).toBe('number 3 is not one of the list')
  expect(reasonOf(WORDS.with(0, 'diagram').with(1, 'hamster'))).toBe(
    'one is another word, or they are in another order'
  )
  expect(reasonOf([])).toBe('there are 0, and an identity has 24')
})
