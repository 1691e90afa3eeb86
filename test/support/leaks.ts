import { wordsOf } from '../../src/home/words.js'

const Z32 = 'ybndrfg8ejkmcpqxot1uwisza345h769'
/** Words in a row that give away which seed is meant. */
const WORDS_IN_A_ROW = 3
/** Parts that are shorter occur by chance, or say nothing. */
const MIN_LENGTH = 8

/** Finds secrets in what a program wrote, however they are spelt. */
export class Leaks {
  // BOUNDED: by the test.
  readonly #spellings = new Map<string, string>()

  /** A secret of bytes: a seed, a key. */
  bytes(name: string, secret: Uint8Array): this {
    const buffer = Buffer.from(secret)
    this.#add(`${name} in hex`, buffer.toString('hex'))
    this.#add(`${name} as numbers`, [...secret].join(','))
    this.#add(`${name} in z32`, z32(secret))
    // Wherever it stands in what was encoded, with the digits at its ends that others have a part in left out.
    for (const shift of [0, 1, 2]) {
      const encoded = Buffer.concat([Buffer.alloc(shift), buffer]).toString('base64')
      const whole = encoded.slice(shift === 0 ? 0 : shift + 1).replace(/.=*$/, '')
      this.#add(`${name} in base64`, whole)
      this.#add(`${name} in base64url`, whole.replaceAll('+', '-').replaceAll('/', '_'))
    }
    return this
  }

  /** A seed: its words, too. */
  seed(name: string, seed: Uint8Array): this {
    const words = wordsOf(seed)
    for (let at = 0; at + WORDS_IN_A_ROW <= words.length; at++)
      this.#add(`${name} in words`, words.slice(at, at + WORDS_IN_A_ROW).join(' '))
    return this.bytes(name, seed)
  }

  /** What somebody typed: a password. */
  text(name: string, secret: string): this {
    this.#add(name, secret)
    this.#add(`${name} in JSON`, JSON.stringify(secret).slice(1, -1))
    return this.bytes(name, Buffer.from(secret))
  }

  /** How the secrets are spelt that are looked for. */
  get spellings(): readonly string[] {
    return [...this.#spellings.keys()]
  }

  /** What is found in a text: names of secrets, never the secrets. */
  in(text: string): string[] {
    const plain = text.toLowerCase().replace(/\s+/g, ' ')
    const found = [...this.#spellings].filter(
      ([spelling]) => text.includes(spelling) || plain.includes(spelling)
    )
    return [...new Set(found.map(([, name]) => name))]
  }

  #add(name: string, spelling: string): void {
    if (spelling.length >= MIN_LENGTH) this.#spellings.set(spelling, name)
  }
}

function z32(bytes: Uint8Array): string {
  const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{5}/g) ?? []
  return groups.map(group => Z32[Number.parseInt(group, 2)]).join('')
}
