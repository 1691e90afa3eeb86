import { homeDirectory } from '../../home/directory.js'
import { keptIdentity } from '../../home/identity.js'
import { lockHome } from '../../home/identity-lock.js'
import { BaseCommand } from '../common/base.js'
import { newPassphrase, openIdentityOnce } from '../common/passphrase.js'
import { tellUnreadable } from '../common/private-room.js'

export default class IdentityLock extends BaseCommand {
  static override summary =
    'Put your identity and private rooms under a passphrase, or under another one.'

  static override description =
    `From then on every command that needs your identity, or a private room, asks for the passphrase, or takes it from SWARMCHAT_PASSPHRASE. The new one
is asked for twice, or taken from SWARMCHAT_NEW_PASSPHRASE. If it is forgotten, only the 24 words, or an exported file, help.`

  static override examples = ['<%= config.bin %> identity lock']

  async run(): Promise<void> {
    await this.parse(IdentityLock)
    const { file } = keptIdentity()
    await openIdentityOnce(this.interrupted, file)
    await lockHome(homeDirectory(), await newPassphrase(this.interrupted))
    this.log(`${file} is locked.`)
    tellUnreadable(homeDirectory())
  }
}
