import { boolean } from '@oclif/core/flags'
import { keyPairFromSeed } from '../../base/crypto.js'
import { SwarmchatError } from '../../base/errors.js'
import { readAll } from '../../cli/input.js'
import { standardStreams } from '../../cli/streams.js'
import { homeDirectory } from '../../home/directory.js'
import { askSecret } from '../common/ask-secret.js'
import { BaseCommand } from '../common/base.js'
import { become } from './become.js'

/** BAD_WORDS: the words are not those of an identity. */
const badWords = (reason: string) =>
  new SwarmchatError('BAD_WORDS', `Those are not the words of an identity: ${reason}.`, {
    hint: 'Compare them with what you wrote down: 24 words, in their order.'
  })

export default class IdentityRestore extends BaseCommand {
  static override summary = 'Be who you are elsewhere: restore your identity from its 24 words.'

  static override description =
    `The words are asked for without being shown, or read from standard input. An identity that is here already is put aside, and
not before you were asked. Both machines can be in a room at once; what was said before comes from its members.`

  static override examples = [
    '<%= config.bin %> identity restore',
    '<%= config.bin %> identity restore < words.txt'
  ]

  static override flags = {
    yes: boolean({ description: 'put an identity that is here aside without asking' })
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(IdentityRestore)
    const { seedFromWords } = await import('../../home/words.js')
    const spoken = seedFromWords(await this.#wordsGiven())
    if (!spoken.ok) throw badWords(spoken.reason)
    const how = { home: homeDirectory(), yes: flags.yes, signal: this.interrupted }
    for (const line of await become(keyPairFromSeed(spoken.seed), how)) this.log(line)
  }

  #wordsGiven(): Promise<string> {
    const { stdin } = process
    if (stdin.isTTY) return askSecret('24 words: ', this.interrupted, badWords)
    standardStreams.ownInput(stdin)
    return readAll(stdin, this.interrupted)
  }
}
