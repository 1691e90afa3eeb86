import { once } from 'node:events'
import { boolean, string } from '@oclif/core/flags'
import { Names } from '../base/names.js'
import { homeDirectory } from '../home/directory.js'
import { safeJson } from '../ndjson/codec.js'
import { linesOf } from '../room/kept/kept-rooms.js'
import { transcriptOf } from '../room/kept/transcripts.js'
import { openRoomKeys, type RoomKeys } from '../room/keys.js'
import { keptLine } from '../ui/kept.js'
import { markdownLines } from '../ui/markdown.js'
import { BaseCommand } from './common/base.js'
import { openIdentityOnce } from './common/passphrase.js'
import { tellDamaged } from './common/tell-damaged.js'
import { roomArgument } from './flags/room-argument.js'
import { roomFlags, roomGiven } from './flags/room-flags.js'

export default class Export extends BaseCommand {
  static override summary = 'Write what is kept of a room as a transcript that anybody can verify.'

  static override description =
    `The transcript (NDJSON) has each message as its author signed it, and beside it what it says; its last line is signed
with your identity and says that this is all. It does not name the room. While a program of yours is in the room, it is read
from that one.`

  static override examples = [
    '<%= config.bin %> export lobby > lobby.ndjson',
    '<%= config.bin %> export lobby --format markdown > lobby.md'
  ]

  static override args = roomArgument

  static override flags = {
    ...roomFlags,
    sealed: boolean({
      description: 'leave out what the messages say: only who knows the room can read it',
      exclusive: ['format']
    }),
    format: string({
      description: 'markdown or text: for people to read, and not to be verified',
      options: ['ndjson', 'markdown', 'text']
    })
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Export)
    const keys = await openRoomKeys(await roomGiven(args.room, flags, this.interrupted))
    await openIdentityOnce(this.interrupted)
    if (flags.format === 'markdown' || flags.format === 'text') {
      await this.#writeForPeople(keys, flags.format)
      return
    }
    let damaged = 0
    const transcript = transcriptOf(keys, flags.sealed, homeDirectory(), () => {
      damaged += 1
    })
    for await (const line of transcript) await this.#write(safeJson(line))
    tellDamaged(damaged)
  }

  async #writeForPeople(keys: RoomKeys, format: 'markdown' | 'text'): Promise<void> {
    const { damaged, lines } = await linesOf(homeDirectory(), keys)
    const names = new Names()
    const texts =
      format === 'text' ? lines.map(line => keptLine(line, names)) : markdownLines(lines, names)
    for (const text of texts) await this.#write(text)
    tellDamaged(damaged)
  }

  // A pipe that is read slowly is waited for.
  async #write(line: string): Promise<void> {
    this.log(line)
    if (process.stdout.writableNeedDrain)
      await once(process.stdout, 'drain', { signal: this.interrupted })
  }
}
