import { Contacts } from '../../home/contacts.js'
import { ensureDirectory, homeDirectory } from '../../home/directory.js'
import { BaseCommand } from '../base.js'
import { identityArgument, identityFrom } from './identity-argument.js'

export default class ContactsForget extends BaseCommand {
  static override summary = 'Call somebody by their nick again, and ignore them no longer.'

  static override args = identityArgument

  async run(): Promise<void> {
    const { args } = await this.parse(ContactsForget)
    const identity = identityFrom(args.identity)
    const contacts = Contacts.in(ensureDirectory(homeDirectory()))
    contacts.setName(identity, undefined)
    contacts.setIgnored(identity, false)
  }
}
