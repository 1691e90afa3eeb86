import { homeDirectory } from '../../home/directory.js'
import { keptIdentity } from '../../home/identity.js'
import { unlockHome } from '../../home/identity-lock.js'
import { BaseCommand } from '../common/base.js'
import { openIdentityOnce } from '../common/passphrase.js'

export default class IdentityUnlock extends BaseCommand {
  static override summary = 'Take the passphrase of your identity and private rooms away.'

  static override description =
    'Asks for it, or takes it from SWARMCHAT_PASSPHRASE. Afterwards whoever may read the file has your identity, and your home your private rooms.'

  async run(): Promise<void> {
    await this.parse(IdentityUnlock)
    const { file } = keptIdentity()
    await openIdentityOnce(this.interrupted, file)
    unlockHome(homeDirectory())
    this.log(`${file} is not locked any more.`)
  }
}
