import { Contacts } from '../../home/contacts.js'
import { ensureDirectory, homeDirectory } from '../../home/directory.js'
import { BaseCommand } from '../common/base.js'
import { identityArgument, identityFrom } from './identity-argument.js'

export default class ContactsForget extends BaseCommand {
  static override summary = 'Forget what is kept about somebody: name, ignored, accepted, verified.'

  static override args = identityArgument

  async run(): Promise<void> {
    const { args } = await this.parse(ContactsForget)
    const identity = identityFrom(args.identity)
    const contacts = Contacts.in(ensureDirectory(homeDirectory()))
    contacts.setName(identity, undefined)
    contacts.setIgnored(identity, false)
    contacts.setAccepted(identity, false)
  }
}
