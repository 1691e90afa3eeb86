import { boolean } from '@oclif/core/flags'
import { safeNick } from '../../base/safe-text.js'
import { Contacts } from '../../home/contacts.js'
import { homeDirectory } from '../../home/directory.js'
import { safeJson } from '../../ndjson/codec.js'
import { BaseCommand } from '../common/base.js'

export default class ContactsCommand extends BaseCommand {
  static override summary =
    'List whom you know by a name of yours, have accepted or verified, or ignore.'

  static override description =
    `Anybody can take any nick. A contact is an identity that has a name of yours: whatever they call themselves, you see that
name, and whoever else takes it, or one that looks like it, is shown with a key.`

  static override examples = [
    '<%= config.bin %> contacts',
    '<%= config.bin %> contacts name 8f3c...e1 ana'
  ]

  static override flags = { json: boolean({ description: 'one JSON object per line' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(ContactsCommand)
    for (const contact of Contacts.in(homeDirectory()).all()) {
      const { accepted = false, identity, ignored = false, name, verified = false } = contact
      const shown = name === undefined ? '' : `  ${safeNick(name)}`
      const marks = `${verified ? '  (verified)' : ''}${accepted ? '  (accepted)' : ''}${ignored ? '  (ignored)' : ''}`
      const line = `${identity}${shown}${marks}`
      const json = { type: 'contact', identity, name: name ?? null, ignored, verified, accepted }
      this.log(flags.json ? safeJson(json) : line)
    }
  }
}
