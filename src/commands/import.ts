import { string } from '@oclif/core/flags'
import { SwarmchatError } from '../base/errors.js'
import type { Topic } from '../base/ids.js'
import { type Importer, type Merged, openImporter } from '../room/kept/importing.js'
import { type CheckOptions, TranscriptCheck, transcriptRoom } from '../room/kept/transcripts.js'
import { BaseCommand } from './common/base.js'
import { keysGiven, readLines, transcriptInput } from './common/transcript-input.js'
import { roomFlags } from './flags/room-flags.js'
import { notIntact, transcriptArgument } from './verify.js'

/** Why a message is not taken. */
const WHY_NOT_TAKEN =
  'they are dated ahead, are older than what is kept, have no text and no deletion by their author that can be read, or were deleted while the program that is in the room runs'

/** NEEDS_A_FILE: a transcript is read twice. */
const needsAFile = () =>
  new SwarmchatError('NEEDS_A_FILE', 'A transcript that is imported must be a file.', {
    hint: 'It is read twice: verified first. Save it, and give its name.'
  })

export default class Import extends BaseCommand {
  static override summary = 'Merge a transcript into what is kept of its room here.'

  static override description =
    `The whole transcript is verified before anything is written. Messages that are here already stay as they are, so that
importing again changes nothing. A program of yours that is in the room takes them in: its people see them as history.`

  static override examples = [
    '<%= config.bin %> import lobby.ndjson',
    '<%= config.bin %> import lobby.ndjson --room lobby'
  ]

  static override args = transcriptArgument

  static override flags = {
    ...roomFlags,
    room: string({
      helpValue: 'NAME',
      description:
        'name of the room, if nothing of it is kept here yet; - reads it from standard input'
    })
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Import)
    if (args.file === '-') throw needsAFile()
    const keys = await keysGiven(flags, this.interrupted)
    const room = keys && transcriptRoom(keys)
    const topic = await verified(args.file, { room, onflaw: () => {} })
    const importer = await openImporter(topic, keys)
    try {
      await take(args.file, importer, room)
      this.log(inWords(await importer.finish()))
    } finally {
      await importer.close()
    }
  }
}

function inWords({ imported, known, refused }: Merged): string {
  const rest = refused === 0 ? '' : ` ${refused} were not taken: ${WHY_NOT_TAKEN}.`
  return `${imported} new, ${known} were here already.${rest}`
}

async function verified(file: string, options: CheckOptions): Promise<Topic> {
  const check = new TranscriptCheck(options)
  await readLines(transcriptInput(file), line => void check.take(line))
  const { flaws, topic } = check.end()
  if (flaws > 0 || topic === undefined) throw notIntact(flaws)
  return topic
}

// Checked once more: a file may change between two readings.
async function take(file: string, importer: Importer, room: CheckOptions['room']): Promise<void> {
  let isFull = false
  const onmessage: CheckOptions['onmessage'] = message => {
    isFull = importer.take(message)
  }
  const check = new TranscriptCheck({ room, onflaw: () => {}, onmessage })
  await readLines(transcriptInput(file), line => {
    isFull = false
    check.take(line)
    return isFull ? importer.flush() : undefined
  })
}
