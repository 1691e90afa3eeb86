import { randomBytes } from 'node:crypto'
import { boolean } from '@oclif/core/flags'
import { keyPairFromSeed, SEED_BYTES } from '../../base/crypto.js'
import { homeDirectory } from '../../home/directory.js'
import { BaseCommand } from '../common/base.js'
import { become } from './become.js'

export default class IdentityNew extends BaseCommand {
  static override summary = 'Be somebody new here.'

  static override description =
    `Who you were is put aside, and not before you were asked: identity import or restore brings it back. Messages that are kept
stay with the one who had them.`

  static override flags = { yes: boolean({ description: 'do not ask' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(IdentityNew)
    const how = { home: homeDirectory(), yes: flags.yes, signal: this.interrupted }
    const pair = keyPairFromSeed(randomBytes(SEED_BYTES))
    for (const line of await become(pair, how)) this.log(line)
  }
}
