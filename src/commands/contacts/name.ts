import { string } from '@oclif/core/args'
import { badArguments } from '../../cli/bad-arguments.js'
import { Contacts } from '../../home/contacts.js'
import { ensureDirectory, homeDirectory } from '../../home/directory.js'
import { checkNick } from '../../home/nick.js'
import { BaseCommand } from '../common/base.js'
import { identityArgument, identityFrom } from './identity-argument.js'

export default class ContactsName extends BaseCommand {
  static override summary = 'Call somebody by a name of yours, whatever they call themselves.'

  static override examples = ['<%= config.bin %> contacts name 8f3c...e1 ana']

  static override args = {
    ...identityArgument,
    name: string({ required: true, description: 'what you call them' })
  }

  async run(): Promise<void> {
    const { args } = await this.parse(ContactsName)
    const identity = identityFrom(args.identity)
    const name = checkNick(args.name)
    const contacts = Contacts.in(ensureDirectory(homeDirectory()))
    const other = contacts.named(name)
    if (other !== undefined && other !== identity)
      throw badArguments(
        `You call somebody else ${name}.`,
        `swarmchat contacts forget ${other} takes that name away.`
      )
    contacts.setName(identity, name)
  }
}
