import { createReadStream } from 'node:fs'
import { text } from 'node:stream/consumers'
import { string } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { safeText } from '../../base/safe-text.js'
import { reasonOf } from '../../base/system-errors.js'
import { standardStreams } from '../../cli/streams.js'
import { Contacts } from '../../home/contacts.js'
import { homeDirectory } from '../../home/directory.js'
import { type Belongings, badExport, openExport, readExport } from '../../home/identity-export.js'
import type { KeptSecret } from '../../home/room-secrets.js'
import { Settings } from '../../home/settings.js'
import { takeRoom } from '../../room/admission/private-rooms.js'
import { BaseCommand } from '../common/base.js'
import { passphraseOf } from '../common/passphrase.js'
import { asWord } from '../common/private-room.js'
import { become } from './become.js'

/** Largest file that is read, in bytes: ten thousand contacts have a few million. */
const MAX_EXPORT_BYTES = 16 * 1_024 * 1_024

const tooManyContacts = {
  message: 'The contacts were not taken over: you know too many people already.',
  hint: 'swarmchat contacts forget makes room.'
}

export default class IdentityImport extends BaseCommand {
  static override summary = 'Be who you are elsewhere: read a file of identity export.'

  static override description =
    `Its passphrase is asked for, or taken from SWARMCHAT_PASSPHRASE. An identity that is here already is put aside, and not before
you were asked. Contacts and private rooms are added to those here; a nick that is set here stays.`

  static override examples = ['<%= config.bin %> identity import me.json']

  static override args = {
    file: string({ required: true, ignoreStdin: true, description: 'what identity export wrote' })
  }

  static override flags = {
    yes: boolean({ description: 'put an identity that is here aside without asking' })
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(IdentityImport)
    const { contacts, nick, pair, rooms } = await this.#read(args.file)
    const home = homeDirectory()
    const how = { home, yes: flags.yes, signal: this.interrupted }
    for (const line of await become(pair, how)) this.log(line)
    if (!Contacts.in(home).merge(contacts)) standardStreams.tell(tooManyContacts)
    for (const room of rooms) takeRoomIn(home, room)
    if (nick === undefined) return
    const settings = new Settings()
    if (settings.get('nick').from === 'default') settings.set('nick', nick)
  }

  async #read(file: string): Promise<Belongings> {
    const found = readExport(await textOf(file, this.interrupted), file)
    if (!found.isSealed) return found.belongings
    return openExport(found, await passphraseOf('the file', this.interrupted))
  }
}

// Two rooms of one name have two names here.
function takeRoomIn(home: string, room: KeptSecret): void {
  const name = takeRoom(room, home)
  if (name === undefined || name === room.name) return
  const message = `There is another private room called ${safeText(room.name)} here: yours is called ${safeText(name)} here.`
  standardStreams.tell({ message, hint: `Join it: swarmchat join ${asWord(name)}` })
}

// Not by its size: a pipe or a device has none, and one of them never ends.
async function textOf(file: string, signal: AbortSignal): Promise<string> {
  try {
    const content = await text(createReadStream(file, { end: MAX_EXPORT_BYTES, signal }))
    if (Buffer.byteLength(content) <= MAX_EXPORT_BYTES) return content
  } catch (thrown) {
    throw signal.aborted ? thrown : badExport(file, reasonOf(thrown))
  }
  throw badExport(file, 'it is too large')
}
