import { existsSync } from 'node:fs'
import { string } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { SwarmchatError } from '../../base/errors.js'
import { reasonOf } from '../../base/system-errors.js'
import { standardStreams } from '../../cli/streams.js'
import { Contacts } from '../../home/contacts.js'
import { homeDirectory } from '../../home/directory.js'
import { createFile } from '../../home/files.js'
import { loadIdentity } from '../../home/identity.js'
import { exportText } from '../../home/identity-export.js'
import { countLocked, keptSecrets } from '../../home/room-secrets.js'
import { Settings } from '../../home/settings.js'
import { BaseCommand } from '../common/base.js'
import { newPassphrase, openIdentityOnce } from '../common/passphrase.js'
import { tellUnreadable } from '../common/private-room.js'

/** NOT_EXPORTED: the file cannot be written. Exit code 1. */
const notExported = (file: string, reason: string, cause?: unknown) =>
  new SwarmchatError('NOT_EXPORTED', `The file ${file} was not written: ${reason}.`, {
    hint: 'Name another file.',
    exitCode: 1,
    cause
  })

const lockedRooms = {
  message: 'Private rooms that another identity has locked are not in it.',
  hint: 'Be that one again (swarmchat identity restore), and export.'
}

const alreadyThere = (file: string) => notExported(file, 'it is there already')

export default class IdentityExport extends BaseCommand {
  static override summary =
    'Write your identity, contacts, nick and private rooms into a file, to take along.'

  static override description =
    `The file is yours alone (mode 0600), and under a passphrase, which is asked for twice or taken from SWARMCHAT_NEW_PASSPHRASE.
Nothing is overwritten. Messages are not in it: members give them again.`

  static override examples = ['<%= config.bin %> identity export me.json']

  static override args = {
    file: string({ required: true, ignoreStdin: true, description: 'the file to be made' })
  }

  static override flags = {
    'no-passphrase': boolean({
      description: 'no passphrase: whoever reads the file is you, in your private rooms too'
    })
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(IdentityExport)
    if (existsSync(args.file)) throw alreadyThere(args.file)
    await openIdentityOnce(this.interrupted)
    const home = homeDirectory()
    const { from, value } = new Settings().get('nick')
    const nick = from === 'file' ? `${value}` : undefined
    const belongings = {
      pair: loadIdentity(home).keyPair,
      contacts: Contacts.in(home).all(),
      nick,
      rooms: keptSecrets(home)
    }
    const passphrase = flags['no-passphrase'] ? undefined : await newPassphrase(this.interrupted)
    this.#write(args.file, await exportText(belongings, passphrase))
    if (countLocked(home) > 0) standardStreams.tell(lockedRooms)
    tellUnreadable(home)
  }

  #write(file: string, text: string): void {
    try {
      if (createFile(file, text)) return
    } catch (thrown) {
      throw notExported(file, reasonOf(thrown), thrown)
    }
    throw alreadyThere(file)
  }
}
