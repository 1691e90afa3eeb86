import { keptIdentity } from '../../home/identity.js'
import { unlockFile } from '../../home/identity-lock.js'
import { BaseCommand } from '../base.js'
import { openIdentityOnce } from '../passphrase.js'

export default class IdentityUnlock extends BaseCommand {
  static override summary = 'Take the passphrase of your identity away.'

  static override description =
    'Asks for it, or takes it from SWARMCHAT_PASSPHRASE. Afterwards whoever may read the file has your identity.'

  async run(): Promise<void> {
    await this.parse(IdentityUnlock)
    const { file } = keptIdentity()
    await openIdentityOnce(this.interrupted, file)
    unlockFile(file)
    this.log(`${file} is not locked any more.`)
  }
}
